from pathlib import Path

import pytest
from parts import Listed, write_part
from tokenizers import Tokenizer, models, pre_tokenizers

from gpt2ro.documents import Document
from gpt2ro.errors import UserError
from gpt2ro.files import read_json, write_text
from gpt2ro.tokenization.comparison import write_comparison
from gpt2ro.tokenization.settings import TokenizerSettings
from gpt2ro.tokenization.tokenizer import trained


def write_tokenizer_file(path: Path, tokenizer: Tokenizer) -> Path:
    write_text(path, tokenizer.to_str())
    return path


def test_measures_both_on_the_held_out_documents_alone(tmp_path: Path) -> None:
    splits = {"train": "x" * 90, "valid": "și și", "test": "și"}
    documents = [
        Document(f"s/p/{n}", text, "s", {"split": split})
        for n, (split, text) in enumerate(splits.items())
    ]
    write_part(tmp_path / "p.jsonl.zst", documents)
    bytes_alone = write_tokenizer_file(
        tmp_path / "other.json", trained(Listed(), TokenizerSettings(vocabulary=257))[0]
    )
    letter = write_tokenizer_file(
        tmp_path / "own.json", trained(Listed(["ș ș ș"]), TokenizerSettings(vocabulary=258))[0]
    )
    output = tmp_path / "comparison.json"
    write_comparison([tmp_path / "p.jsonl.zst"], letter, bytes_alone, "gpt2", output)
    # Three words of three bytes and a blank; ș is one token of the one, two of the other.
    assert read_json(output) == {
        "name": "gpt2",
        "sample_bytes": 10,
        "tokenizer": {"bytes_per_token": 1.4286, "tokens_per_word": 2.3333},
        "other": {"bytes_per_token": 1.0, "tokens_per_word": 3.3333},
    }


def test_the_other_needs_no_end_of_text(tmp_path: Path) -> None:
    write_part(tmp_path / "p.jsonl.zst", [Document("s/p/0", "un om", "s", {"split": "test"})])
    own = write_tokenizer_file(
        tmp_path / "own.json", trained(Listed(), TokenizerSettings(vocabulary=257))[0]
    )
    words = Tokenizer(models.WordLevel({"un": 0, "om": 1}, unk_token="un"))
    words.pre_tokenizer = pre_tokenizers.Whitespace()
    other = write_tokenizer_file(tmp_path / "other.json", words)
    output = tmp_path / "comparison.json"
    write_comparison([tmp_path / "p.jsonl.zst"], own, other, "words", output)
    assert read_json(output)["other"] == {"bytes_per_token": 2.5, "tokens_per_word": 1.0}
    other.write_text("{}")
    with pytest.raises(UserError, match=r"other\.json: not a tokenizer .*initial_weights names"):
        write_comparison([tmp_path / "p.jsonl.zst"], own, other, "words", output)
