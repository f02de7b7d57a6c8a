"""The step parity: PyTorch and every backend of the binary must compute the same."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import torch
from safetensors.torch import load_file
from tokenizers import Tokenizer
from torch import Tensor

from gpt2ro.errors import UserError
from gpt2ro.export.binary import run_binary
from gpt2ro.export.rounding import PRECISIONS, RoundingCheck, check_rounding
from gpt2ro.files import write_json
from gpt2ro.progress import StepProgress
from gpt2ro.prompts import read_prompts
from gpt2ro.tokenization.tokenizer_file import open_tokenizer
from gpt2ro.training.weights import END_OF_TEXT, Gpt2, load_gpt2


@dataclass(frozen=True)
class Comparison:
    """PyTorch and one backend on one prompt.

    Attributes:
        prompt: its text.
        backend: the backend of the binary.
        tokens: of the prompt.
        max_logit_difference: over all positions of the prompt and the vocabulary.
        greedy_tokens: tokens of the greedy continuation that were compared.
        tie_at: the first of these that differs although both rate the two tokens within the
            tolerance, so that neither is wrong; what follows is not compared. None if all are
            equal.
    """

    prompt: str
    backend: str
    tokens: int
    max_logit_difference: float
    greedy_tokens: int
    tie_at: int | None


def check_parity(
    model: Path,
    deploy: Path,
    binary: Path,
    prompts: Path,
    output: Path,
    *,
    backends: Sequence[str],
    tolerance: float,
    greedy_tokens: int,
    rounding: RoundingCheck,
) -> None:
    """Compare ids, logits and greedy continuations of each prompt, and write what was found.

    Then compare the rounded precisions with float32, on a held-out split.

    Args:
        backends: names that the binary's flag --backend takes.
        tolerance: the largest difference of a logit.
        greedy_tokens: how many tokens each prompt is continued by, or as many as the context takes.
        rounding: what the rounded precisions are measured on, and what is allowed.

    Raises:
        UserError: they differ, or the binary fails; nothing is written then.
    """
    tokenizer = open_tokenizer(model / "tokenizer.json", "run the step train again")
    reference = _Reference(load_gpt2(model).eval(), tokenizer, tolerance, greedy_tokens)
    texts = read_prompts(prompts)
    comparisons = []
    with StepProgress("parity", len(backends) + len(PRECISIONS)) as progress:
        for backend in backends:
            progress.begin(f"{backend} continues {len(texts)} prompts")
            answers = _binary_answers(binary, deploy, prompts, backend, greedy_tokens)
            comparisons += [
                reference.compare(index, text, backend, answers) for index, text in enumerate(texts)
            ]
        rounded = check_rounding(rounding, binary, deploy, tokenizer, progress)
    write_json(output, _report(comparisons, tolerance) | rounded)


def _binary_answers(
    binary: Path, deploy: Path, prompts: Path, backend: str, greedy_tokens: int
) -> dict[str, Tensor]:
    """Return what `gpt2ro logits` writes for the prompts, by the names in rust/README.md."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / "logits.safetensors"
        arguments = [
            "logits", "--model", str(deploy), "--prompts", str(prompts), "--output", str(path),
            "--max-new-tokens", str(greedy_tokens), "--backend", backend,
        ]  # fmt: skip
        run_binary(binary, arguments)
        if not path.is_file():
            raise UserError(f"{binary}: wrote no logits; it is another version: build it again.")
        return load_file(path)


@dataclass(frozen=True)
class _Reference:
    """PyTorch's model, and how near a backend must come to it."""

    network: Gpt2
    tokenizer: Tokenizer
    tolerance: float
    greedy_tokens: int

    @torch.no_grad()
    def compare(
        self, index: int, text: str, backend: str, answers: Mapping[str, Tensor]
    ) -> Comparison:
        """Compare one prompt, the one of this number in the answers."""
        where = f'parity: {backend}, prompt "{text}"'
        ids: list[int] = self.tokenizer.encode(text, add_special_tokens=False).ids
        found = answers[f"prompt.{index}.ids"].tolist()
        if found != ids:
            raise UserError(f"{where}: is {ids} in Python and {found} in the binary.")
        # expected: (tokens, vocabulary)
        expected = self.network(torch.tensor([ids])).logits[0]
        difference = float((expected - answers[f"prompt.{index}.logits"]).abs().max())
        if not difference <= self.tolerance:
            raise UserError(
                f"{where}: logits differ by {difference:.2e}, allowed is {self.tolerance:g}; "
                "PyTorch and the binary compute different models."
            )
        written = answers[f"greedy.{index}.ids"].tolist()
        tie_at = self._greedy_tie(where, ids, written)
        compared = len(written) if tie_at is None else tie_at
        return Comparison(text, backend, len(ids), difference, compared, tie_at)

    def _greedy_tie(self, where: str, ids: list[int], written: list[int]) -> int | None:
        """Check each greedy token against PyTorch's logits after the same tokens.

        Returns:
            The place of the first tie in the continuation, or None.
        """
        end = self.tokenizer.token_to_id(END_OF_TEXT)
        room = min(self.greedy_tokens, self.network.config.n_positions - len(ids))
        # A continuation shorter than allowed must have ended with end-of-text.
        claimed = written + ([end] if len(written) < room else [])
        # logits: (prompt and continuation tokens, vocabulary)
        logits = self.network(torch.tensor([ids + written])).logits[0]
        for place, token in enumerate(claimed):
            row = logits[len(ids) - 1 + place]
            best = int(row.argmax())
            if token == best:
                continue
            if float(row[best] - row[token]) <= 2 * self.tolerance:
                return place
            raise UserError(
                f"{where}: greedy token {place + 1} is {token} in the binary, {best} in PyTorch."
            )
        return None


def _report(comparisons: list[Comparison], tolerance: float) -> dict[str, Any]:
    # Two digits: the last bits of a difference depend on the machine.
    return {
        "tolerance": tolerance,
        "max_logit_difference": float(f"{max(c.max_logit_difference for c in comparisons):.1e}"),
        "greedy_equal": all(c.tie_at is None for c in comparisons),
        "prompts": [
            vars(c) | {"max_logit_difference": float(f"{c.max_logit_difference:.1e}")}
            for c in comparisons
        ],
    }
