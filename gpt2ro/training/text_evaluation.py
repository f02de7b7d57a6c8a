"""How well any GPT-2 predicts any text: models of different vocabularies, side by side."""

from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import torch

from gpt2ro.documents import read_documents
from gpt2ro.errors import UserError
from gpt2ro.files import sha256
from gpt2ro.sources.compression import decoded, decompressed
from gpt2ro.tokenization.encode import read_tokenizer
from gpt2ro.tokenization.shards import TokenShardWriter, read_shard
from gpt2ro.training.evaluation import Metrics, evaluate
from gpt2ro.training.probes import ProbeResult, Probes, read_probes
from gpt2ro.training.weights import load_gpt2

SHARD = ".jsonl.zst"
# A compressed text may be this many times its size; xz reaches 100 on repeated lines.
MAX_EXPANSION = 200


class TextEvaluator:
    """Scores texts and probes with one model, in contexts as long as it takes.

    Args:
        model: a Hugging Face folder with config.json, model.safetensors and tokenizer.json.
        device_name: cpu or cuda.

    Raises:
        UserError: the model is missing or damaged, or there is no such device.
    """

    def __init__(self, model: Path, device_name: str) -> None:
        if device_name == "cuda" and not torch.cuda.is_available():
            raise UserError("--device is cuda, and PyTorch finds no GPU; leave it out.")
        self._device = torch.device(device_name)
        self._network = load_gpt2(model).to(self._device)
        tokenizer = model / "tokenizer.json"
        self._tokenizer, self._end_of_text = read_tokenizer(tokenizer)
        self._digest = sha256(tokenizer)
        self._context: int = self._network.config.n_positions

    def metrics(self, text: Path) -> Metrics:
        """Return the metrics of a file.

        Args:
            text: a shard of documents (`.jsonl.zst`), of which every document is scored by itself,
                or plain text in UTF-8, compressed or not, of which a file is one document.

        Raises:
            UserError: it is missing, damaged or empty.
        """
        with TemporaryDirectory() as folder:
            tokens = Path(folder) / "text.bin"
            with TokenShardWriter(tokens, self._digest, self._end_of_text) as shard:
                for document in _documents(text):
                    ids = self._tokenizer.encode(document, add_special_tokens=False).ids
                    shard.write(ids, document)
            written = read_shard(tokens)
            if not written.words:
                raise UserError(f"{text}: holds no words; name a file with text.")
            return evaluate(self._network, [written], self._context, self._device).total

    def probes(self, folder: Path) -> ProbeResult:
        """Return the accuracy on the agreement probes of a folder.

        Raises:
            UserError: there are none, or one is damaged or too long for the model.
        """
        probes = Probes(read_probes(folder), self._tokenizer, self._context)
        return probes.measure(self._network)


def _documents(path: Path) -> Iterator[str]:
    if not path.is_file():
        raise UserError(f"{path}: no such file; name a text file or a {SHARD} shard.")
    if path.name.endswith(SHARD):
        for document in read_documents(path):
            yield document.text
    else:
        yield decoded(b"".join(decompressed(path, MAX_EXPANSION)), str(path), "error")
