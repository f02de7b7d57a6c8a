"""How well any GPT-2 predicts any text: models of different vocabularies, side by side."""

from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import torch

from gpt2ro.documents import read_documents
from gpt2ro.errors import UserError
from gpt2ro.files import sha256
from gpt2ro.sources.compression import decoded, decompressed
from gpt2ro.tokenization.shards import TokenShardWriter, read_shard
from gpt2ro.tokenization.tokenizer_file import read_tokenizer
from gpt2ro.training.evaluation import Metrics, evaluate
from gpt2ro.training.weights import load_gpt2

SHARD = ".jsonl.zst"
# A compressed text may be this many times its size; xz reaches 100 on repeated lines.
MAX_EXPANSION = 200


def evaluate_texts(model: Path, texts: list[Path], device_name: str) -> Iterator[Metrics]:
    """Yield the metrics of each text file, in contexts as long as the model takes.

    Args:
        model: a Hugging Face folder with config.json, model.safetensors and tokenizer.json.
        texts: shards of documents (`.jsonl.zst`), of which every document is scored by itself, or
            plain text in UTF-8, compressed or not, of which a file is one document.

        device_name: cpu or cuda.

    Raises:
        UserError: the model or a text is missing, damaged or empty, or there is no such device.
    """
    if device_name == "cuda" and not torch.cuda.is_available():
        raise UserError("--device is cuda, and PyTorch finds no GPU; leave it out.")
    device = torch.device(device_name)
    network = load_gpt2(model).to(device)
    tokenizer_path = model / "tokenizer.json"
    tokenizer, end_of_text = read_tokenizer(tokenizer_path)
    digest = sha256(tokenizer_path)
    for path in texts:
        with TemporaryDirectory() as folder:
            tokens = Path(folder) / "text.bin"
            with TokenShardWriter(tokens, digest, end_of_text) as shard:
                for text in _documents(path):
                    shard.write(tokenizer.encode(text, add_special_tokens=False).ids, text)
            written = read_shard(tokens)
            if not written.words:
                raise UserError(f"{path}: holds no words; name a file with text.")
            yield evaluate(network, [written], network.config.n_positions, device)


def _documents(path: Path) -> Iterator[str]:
    if not path.is_file():
        raise UserError(f"{path}: no such file; name a text file or a {SHARD} shard.")
    if path.name.endswith(SHARD):
        for document in read_documents(path):
            yield document.text
    else:
        yield decoded(b"".join(decompressed(path, MAX_EXPANSION)), str(path), "error")
