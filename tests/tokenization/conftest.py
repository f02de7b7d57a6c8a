"""A small tokenizer, trained once on sentences written for the tests."""

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))

from parts import stats_of, train_documents, write_part

from gpt2ro.tokenization.settings import TokenizerSettings
from gpt2ro.tokenization.tokenizer import write_tokenizer


@pytest.fixture(scope="session")
def part(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A shard of deduplicated documents, all of the train split."""
    path = tmp_path_factory.mktemp("deduped") / "p.jsonl.zst"
    write_part(path, train_documents())
    return path


@pytest.fixture(scope="session")
def tokenizer_folder(part: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The files of a tokenizer with 400 tokens."""
    folder = tmp_path_factory.mktemp("tokenizer")
    write_tokenizer([part], [stats_of(part)], folder, TokenizerSettings(vocabulary=400))
    return folder
