"""How well any GPT-2 predicts any text: models of different vocabularies, side by side."""

from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import torch
from tokenizers import Tokenizer, decoders, models, pre_tokenizers

from gpt2ro.documents import read_documents
from gpt2ro.errors import UserError
from gpt2ro.sources.formats import OF_LINES, format_of
from gpt2ro.sources.text import whole_text
from gpt2ro.tokenization.shards import TokenShardWriter, read_shard
from gpt2ro.tokenization.splits import read_split_documents
from gpt2ro.tokenization.tokenizer_file import open_tokenizer
from gpt2ro.training.evaluation import Metrics, Tally, tally
from gpt2ro.training.probes import ProbeResult, Probes, read_probes
from gpt2ro.training.weights import END_OF_TEXT, load_gpt2

SHARD = ".jsonl.zst"
TOKEN = np.dtype("<i4")  # other models have vocabularies beyond the uint16 of our token shards


class TextEvaluator:
    """Scores texts and probes with one model.

    Args:
        model: a Hugging Face folder with config.json, model.safetensors, and tokenizer.json or
            vocab.json and merges.txt.
        device_name: cpu or cuda.
        context: tokens in a context of a text; None for as many as the model takes.

    Raises:
        UserError: the model is missing or damaged, its context is shorter, or there is no such
            device.
    """

    def __init__(self, model: Path, device_name: str, context: int | None = None) -> None:
        if device_name == "cuda" and not torch.cuda.is_available():
            raise UserError("--device is cuda, and PyTorch finds no GPU; leave it out.")
        if not model.is_dir():
            raise UserError(
                f"{model}: no such folder; fetch a model of the hub first: python "
                f"workflow/scripts/pretrained.py --model {model} --output FOLDER."
            )
        self._network = load_gpt2(model).to(device_name)
        self._tokenizer, self._end_of_text = _read_tokenizer(model)
        self._longest: int = self._network.config.n_positions
        self._context = self._longest if context is None else context
        if not 1 <= self._context <= self._longest:
            raise UserError(f"--context is {context:,}; {model} takes 1 to {self._longest:,}.")

    def metrics(self, text: Path, split: str | None = None) -> Metrics:
        """Return the metrics of a file, as `tally` reads it."""
        return self.tally(text, split).metrics()

    def tally(self, text: Path, split: str | None = None) -> Tally:
        """Return what the metrics of a file are computed from; those of several add up.

        Args:
            text: a shard of documents (`.jsonl.zst`), each scored by itself; or plain text in
                UTF-8, compressed or not, scored as one document.
            split: score only the documents of this split, of a shard that the step dedupe wrote.

        Raises:
            UserError: it is missing, damaged or empty, or has no splits.
        """
        with TemporaryDirectory() as folder:
            tokens = Path(folder) / "text.bin"
            with TokenShardWriter(tokens, "", self._end_of_text, token=TOKEN) as shard:
                for document in _documents(text, split):
                    ids = self._tokenizer.encode(document, add_special_tokens=False).ids
                    shard.write(ids, document)
            written = read_shard(tokens, TOKEN)
            if not written.words:
                where = f"{text}, split {split}" if split else str(text)
                raise UserError(f"{where}: holds no words; name a file with text.")
            return tally(self._network, [written], self._context)

    def probes(self, folder: Path) -> ProbeResult:
        """Return the accuracy on the agreement probes of a folder.

        Raises:
            UserError: there are none, or one is damaged or too long for the model.
        """
        probes = Probes(read_probes(folder), self._tokenizer, self._longest)
        return probes.measure(self._network)


def _read_tokenizer(model: Path) -> tuple[Tokenizer, int]:
    """Return the tokenizer of a folder, and the id of end-of-text.

    Older folders have GPT-2's own files, vocab.json and merges.txt, in place of tokenizer.json.
    """
    vocabulary, merges = model / "vocab.json", model / "merges.txt"
    if (model / "tokenizer.json").is_file() or not (vocabulary.is_file() and merges.is_file()):
        tokenizer = open_tokenizer(model / "tokenizer.json", "fetch again")
    else:
        tokenizer = _older_tokenizer(vocabulary, merges)
    end = tokenizer.token_to_id(END_OF_TEXT)
    if end is None:
        raise UserError(f"{model}: its tokenizer has no {END_OF_TEXT}; it is no GPT-2's.")
    tokenizer.encode_special_tokens = True  # in a text they are ordinary characters
    return tokenizer, int(end)


def _older_tokenizer(vocabulary: Path, merges: Path) -> Tokenizer:
    try:
        tokenizer = Tokenizer(models.BPE.from_file(str(vocabulary), str(merges)))
    except Exception as error:  # the binding raises bare Exception for every fault
        raise UserError(f"{vocabulary}, merges.txt: no tokenizer ({error}); fetch again.") from None
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    return tokenizer


def _documents(path: Path, split: str | None) -> Iterator[str]:
    if path.is_dir():
        raise UserError(f"{path}: is a folder; name a text file or a {SHARD} shard.")
    if not path.is_file():
        raise UserError(f"{path}: no such file; name a text file or a {SHARD} shard.")
    if split and not path.name.endswith(SHARD):
        raise UserError(f"{path}: --split is for shards, *{SHARD}; leave it out for a text.")
    if split:
        yield from (document.text for document, its in read_split_documents(path) if its == split)
    elif path.name.endswith(SHARD):
        yield from (document.text for document in read_documents(path))
    elif (form := format_of(path)) not in (None, *OF_LINES):
        # As a text, its marks and keys would be scored, and the figures would look like others.
        raise UserError(
            f"{path}: {form} by its name, no plain text; make a shard of it with "
            "workflow/scripts/extract.py, and name that."
        )
    else:
        yield whole_text(path)
