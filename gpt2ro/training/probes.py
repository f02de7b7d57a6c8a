"""Agreement probes: whether a model finds a right sentence likelier than one with an error.

A probe is a minimal pair (arXiv 1808.09031): two sentences that differ in one word form, of which
one breaks a rule of Romanian grammar. Each is scored as a whole document, by the sum of the
log-probabilities of its tokens and of the end-of-text token after them, as BLiMP does
(arXiv 1912.00582). A model that knows no grammar is right in half of the pairs.
"""

import hashlib
import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

import torch
from tokenizers import Tokenizer
from torch import Tensor
from torch.nn.functional import cross_entropy

from gpt2ro.errors import UserError
from gpt2ro.training.evaluation_mode import evaluation_mode
from gpt2ro.training.weights import END_OF_TEXT, Gpt2

COLUMNS = ["correct", "wrong"]
BATCH = 48  # sentences in one forward pass
PADDING = -100  # a target that cross_entropy passes over
CURVE = "probe_accuracy"  # begins the names of the accuracies in the curve


@dataclass(frozen=True)
class Pair:
    """A right and a wrong sentence.

    Attributes:
        phenomenon: what they test, the name of their file.
        correct: the right sentence.
        wrong: the wrong one.
        where: file and line, for messages.
    """

    phenomenon: str
    correct: str
    wrong: str
    where: str


@dataclass(frozen=True)
class Accuracy:
    """The number of pairs, and the share (0 to 1) in which the right sentence is likelier."""

    pairs: int
    accuracy: float


@dataclass(frozen=True)
class ProbeResult:
    """The accuracy on all pairs, and by phenomenon."""

    total: Accuracy
    phenomena: dict[str, Accuracy]

    def rounded(self) -> dict[str, object]:
        """Return the values with six digits, as they are written to files."""
        phenomena = {name: _rounded(found) for name, found in self.phenomena.items()}
        return {**_rounded(self.total), "phenomena": phenomena}

    def curve(self) -> dict[str, float]:
        """Return the accuracies under the names that they have in the curve and TensorBoard."""
        accuracies = {CURVE: self.total.accuracy} | {
            f"{CURVE}/{name}": found.accuracy for name, found in self.phenomena.items()
        }
        return {name: round(value, 4) for name, value in accuracies.items()}


def _rounded(found: Accuracy) -> dict[str, float]:
    return asdict(found) | {"accuracy": round(found.accuracy, 6)}


class Probes:
    """Pairs as token ids, scored with `measure`.

    Args:
        pairs: what is tested.
        context: the longest sentence that the model takes, tokens, end-of-text included.

    Raises:
        UserError: a sentence is longer than the context.
    """

    def __init__(self, pairs: list[Pair], tokenizer: Tokenizer, context: int) -> None:
        self._pairs = pairs
        self._end = tokenizer.get_vocab()[END_OF_TEXT]
        # Two sentences a pair, the right one first.
        texts = [text for pair in pairs for text in (pair.correct, pair.wrong)]
        encodings = tokenizer.encode_batch(texts, add_special_tokens=False)
        self._ids = [encoding.ids for encoding in encodings]
        for number, ids in enumerate(self._ids):
            if len(ids) >= context:
                raise UserError(
                    f"{pairs[number // 2].where}: {len(ids) + 1} tokens with {END_OF_TEXT}, and "
                    f"the model's context is {context}; shorten the sentence, raise MODEL.CONTEXT, "
                    "or leave the probes out (training.probes: null)."
                )

    @property
    def sha256(self) -> str:
        """The SHA-256 of the pairs, as 64 hexadecimal digits; other pairs have another one."""
        content = [(pair.phenomenon, pair.correct, pair.wrong) for pair in self._pairs]
        return hashlib.sha256(json.dumps(content).encode()).hexdigest()

    def measure(self, model: Gpt2) -> ProbeResult:
        """Return how often the right sentence is likelier; a tie is half right.

        A pair with a log-probability of NaN, from a model that has diverged, is wrong.
        """
        # scores: (pairs, 2)
        scores = self._log_probabilities(model).view(-1, 2)
        correct, wrong = scores.unbind(1)
        points = ((correct > wrong).double() + (correct >= wrong).double()) / 2
        by_phenomenon: dict[str, list[float]] = {}
        for pair, point in zip(self._pairs, points.tolist(), strict=True):
            by_phenomenon.setdefault(pair.phenomenon, []).append(point)
        return ProbeResult(
            _accuracy(points.tolist()),
            {name: _accuracy(found) for name, found in by_phenomenon.items()},
        )

    def _log_probabilities(self, model: Gpt2) -> Tensor:
        """Score every sentence, in nats: `(sentences,)` float64. The model's mode is restored."""
        scores = torch.empty(len(self._ids), dtype=torch.float64)
        with evaluation_mode(model):
            for rows, inputs, targets in self._batches():
                # logits: (batch, tokens, vocabulary)
                logits = model(input_ids=inputs.to(model.device), use_cache=False).logits.float()
                nats = cross_entropy(
                    logits.flatten(0, 1),
                    targets.to(model.device).flatten(),
                    ignore_index=PADDING,
                    reduction="none",
                )
                scores[rows] = -nats.view_as(targets).double().sum(dim=1).cpu()
        return scores

    def _batches(self) -> Iterator[tuple[list[int], Tensor, Tensor]]:
        """Yield numbers of sentences, inputs and targets, `(batch, tokens)`, by length.

        Padding stands after the text, where attention, which looks back only, does not see it.
        """
        order = sorted(range(len(self._ids)), key=lambda number: len(self._ids[number]))
        for start in range(0, len(order), BATCH):
            rows = order[start : start + BATCH]
            longest = len(self._ids[rows[-1]]) + 1
            inputs = torch.full((len(rows), longest), self._end)
            targets = torch.full((len(rows), longest), PADDING)
            for row, number in enumerate(rows):
                ids = torch.tensor(self._ids[number])
                inputs[row, 1 : len(ids) + 1] = ids
                targets[row, : len(ids)] = ids
                targets[row, len(ids)] = self._end
            yield rows, inputs, targets


def _accuracy(points: list[float]) -> Accuracy:
    return Accuracy(len(points), sum(points) / len(points))


def read_probes(folder: Path) -> list[Pair]:
    """Read the pairs of a folder: `*.tsv`, sorted by name, each a phenomenon.

    A file is UTF-8 text: the header `correct<tab>wrong`, then a pair a line.

    Raises:
        UserError: there is none, or a line is not a pair.
    """
    paths = sorted(folder.glob("*.tsv"))
    if not paths:
        raise UserError(f"{folder}: no probes (*.tsv) found; name a folder such as data/probes.")
    return [pair for path in paths for pair in _read_file(path)]


def _read_file(path: Path) -> list[Pair]:
    try:
        header, *lines = path.read_text(encoding="utf-8").splitlines() or [""]
    except UnicodeDecodeError as error:
        raise UserError(f"{path}: not UTF-8 ({error}); save it as UTF-8.") from None
    if header.split("\t") != COLUMNS:
        raise UserError(f"{path}: its first line is {header!r}; expected {COLUMNS} with a tab.")
    if not lines:
        raise UserError(f"{path}: no pairs after the header; add some, or delete the file.")
    return [_pair(path, number, line) for number, line in enumerate(lines, start=2)]


def _pair(path: Path, number: int, line: str) -> Pair:
    where = f"{path}, line {number}"
    sentences = line.split("\t")
    if len(sentences) != len(COLUMNS) or not all(text.strip() for text in sentences):
        raise UserError(f"{where}: {line!r}; expected two sentences with one tab between them.")
    correct, wrong = sentences
    if correct == wrong:
        raise UserError(f"{where}: both sentences are {correct!r}; change a word of the second.")
    return Pair(path.stem, correct, wrong, where)
