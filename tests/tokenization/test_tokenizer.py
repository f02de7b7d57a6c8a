import json
import os
import random
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from parts import Listed, stats_of, write_part
from tokenizers import Tokenizer
from transformers import AutoTokenizer, GPT2Tokenizer

from gpt2ro.documents import Document
from gpt2ro.errors import UserError
from gpt2ro.files import read_json
from gpt2ro.tokenization.measures import ROMANIAN_LETTERS
from gpt2ro.tokenization.settings import TokenizerSettings
from gpt2ro.tokenization.tokenizer import trained, write_tokenizer
from gpt2ro.tokenization.tokenizer_file import END_OF_TEXT
from gpt2ro.tokenization.trainers import ROOM

ROOT = Path(__file__).resolve().parents[2]
FILES = ("tokenizer.json", "vocab.json", "merges.txt", "tokenizer_config.json", "stats.json")
# Tries what the pre-tokenizer treats differently: clitics, digits, blanks, marks, other scripts.
PROBES = [
    "Într-o zi s-a dus la câmp.",
    "  două  blanks\n\nșI ȚARĂ\t",
    "don't 'tis 1.000.000 €",
    "한국어 😀 \u0219\u0326 s\u0327",
    f"a{END_OF_TEXT}b",
    "",
]


def read(folder: Path) -> Tokenizer:
    return Tokenizer.from_file(str(folder / "tokenizer.json"))


def test_has_the_size_asked_for_and_end_of_text_last(tokenizer_folder: Path) -> None:
    tokenizer = read(tokenizer_folder)
    assert tokenizer.get_vocab_size() == 400
    assert tokenizer.token_to_id(END_OF_TEXT) == 399
    assert json.loads((tokenizer_folder / "vocab.json").read_text())[END_OF_TEXT] == 399


def test_knows_every_byte(tokenizer_folder: Path) -> None:
    tokenizer = read(tokenizer_folder)
    everything = bytes(range(256)).decode("latin-1") + "한"
    assert tokenizer.decode(tokenizer.encode(everything).ids) == everything


@pytest.mark.parametrize("text", PROBES)
def test_transformers_gives_the_same_ids(tokenizer_folder: Path, text: str) -> None:
    expected = read(tokenizer_folder).encode(text).ids
    assert AutoTokenizer.from_pretrained(tokenizer_folder)(text).input_ids == expected
    assert GPT2Tokenizer.from_pretrained(tokenizer_folder)(text).input_ids == expected


def test_the_two_gpt2_files_alone_give_the_same_ids(tokenizer_folder: Path, tmp_path: Path) -> None:
    for name in ("vocab.json", "merges.txt"):
        (tmp_path / name).write_bytes((tokenizer_folder / name).read_bytes())
    bare = GPT2Tokenizer.from_pretrained(tmp_path)
    for text in PROBES:
        assert bare(text).input_ids == read(tokenizer_folder).encode(text).ids


def test_every_reader_knows_end_of_text(tokenizer_folder: Path) -> None:
    for reader in (AutoTokenizer, GPT2Tokenizer):
        tokenizer = reader.from_pretrained(tokenizer_folder)
        assert tokenizer(f"a{END_OF_TEXT}").input_ids[-1] == 399
        ids = tokenizer.bos_token_id, tokenizer.eos_token_id, tokenizer.pad_token_id
        assert ids == (399, 399, 399)
        assert tokenizer.decode([399], skip_special_tokens=True) == ""


@given(st.text() | st.text("ășțâî Șa-',.1\n"))
def test_decoding_gives_the_text_back(tokenizer_folder: Path, text: str) -> None:
    tokenizer = read(tokenizer_folder)
    tokenizer.encode_special_tokens = True
    assert tokenizer.decode(tokenizer.encode(text).ids) == text


def test_learns_from_the_train_split_only(tmp_path: Path) -> None:
    words = {"train": "țărână ", "valid": "zbughitură ", "test": "zăvorâtură "}
    documents = [
        Document(f"s/p/{split}", word * 40, "s", {"split": split}) for split, word in words.items()
    ]
    part = tmp_path / "p.jsonl.zst"
    write_part(part, documents)
    write_tokenizer([part], [stats_of(part)], tmp_path / "t", TokenizerSettings(vocabulary=262))
    tokenizer = read(tmp_path / "t")
    # The word as the byte-level alphabet writes it.
    word = tokenizer.pre_tokenizer.pre_tokenize_str(" țărână")[0][0]
    assert all(tokenizer.id_to_token(token) in word for token in range(256, 261))
    assert read_json(tmp_path / "t" / "stats.json")["documents"] == 1


def test_equal_texts_give_equal_bytes_with_any_number_of_threads(
    part: Path, tokenizer_folder: Path, tmp_path: Path
) -> None:
    for threads in ("1", "4"):
        folder = tmp_path / threads
        script = ROOT / "workflow" / "scripts" / "tokenizer.py"
        files = ["--input", part, "--stats", stats_of(part), "--output", folder]
        command = [sys.executable, script, *files]
        environment = {**os.environ, "RAYON_NUM_THREADS": threads, "PYTHONPATH": str(ROOT)}
        subprocess.run([*command, "--vocabulary", "400"], check=True, env=environment)
        for name in FILES:
            assert (folder / name).read_bytes() == (tokenizer_folder / name).read_bytes()


def test_too_little_text_is_an_error_with_the_numbers(part: Path, tmp_path: Path) -> None:
    expected = r"vocabulary is 50,257, but [\d,]+ bytes .* only ([\d,]+) tokens .* set \d+ or less"
    with pytest.raises(UserError, match=expected):
        write_tokenizer([part], [stats_of(part)], tmp_path, TokenizerSettings())
    assert not (tmp_path / "tokenizer.json").exists()


def test_the_size_named_in_the_error_works(part: Path, tmp_path: Path) -> None:
    with pytest.raises(UserError) as caught:
        write_tokenizer([part], [stats_of(part)], tmp_path, TokenizerSettings())
    largest = int(str(caught.value).split("set ")[1].split()[0])
    write_tokenizer([part], [stats_of(part)], tmp_path, TokenizerSettings(vocabulary=largest))
    assert read(tmp_path).get_vocab_size() == largest


def test_no_train_document_is_an_error(tmp_path: Path) -> None:
    part = tmp_path / "p.jsonl.zst"
    write_part(part, [Document("s/p/0", "Text.", "s", {"split": "test"})])
    with pytest.raises(UserError, match=r"no train document in 1 parts; tokenizer\.max_megabytes"):
        write_tokenizer([part], [stats_of(part)], tmp_path, TokenizerSettings())


def test_stats_that_are_not_one_for_each_part_are_a_usage_error(part: Path, tmp_path: Path) -> None:
    script = ROOT / "workflow" / "scripts" / "tokenizer.py"
    files = ["--input", part, part, "--stats", stats_of(part), "--output", tmp_path]
    done = subprocess.run([sys.executable, script, *files], capture_output=True, text=True)
    assert done.returncode == 2
    assert "--stats names 1 files, --input 2; one for each" in done.stderr


def test_a_pair_below_min_frequency_is_not_merged() -> None:
    settings = TokenizerSettings(vocabulary=1000, min_frequency=3)
    tokenizer, _ = trained(Listed(["zmeu zmeu basm basm basm"]), settings)
    vocabulary = tokenizer.get_vocab()
    assert "bas" in "".join(vocabulary)
    assert "zmeu" not in vocabulary


def test_the_stats_measure_the_fit(tokenizer_folder: Path) -> None:
    stats = read_json(tokenizer_folder / "stats.json")
    assert stats["vocabulary"] == 400
    assert stats["documents"] == 80
    assert stats["bytes_per_token"] > 2
    assert 1 < stats["tokens_per_word"] < 4
    assert set(stats["whole_letters"]) == set("șțăâî")
    assert stats["whole_letters"]["ș"] == 1.0
    assert stats["letter_tokens"] == {**stats["letter_tokens"], "ș": 1, "ă": 1}


def test_letters_that_are_no_token_are_told(
    part: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write_tokenizer([part], [stats_of(part)], tmp_path, TokenizerSettings(vocabulary=257))
    expected = (
        "tokenizer: ș ț ă â î Ș Ț Ă Â Î alone take two tokens each, one expected; raise "
        "tokenizer.vocabulary (257), which has no room for them."
    )
    assert expected in capsys.readouterr().err


# Words that are learned whole, and in which î and â never stand alone.
TEXTS = [f"ana are mere și în sân {n}" for n in range(50)]


@pytest.mark.parametrize("trainer", ["gpt2ro", "tokenizers"])
def test_every_letter_is_a_token_though_the_text_never_has_it_alone(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], trainer: str
) -> None:
    shard = tmp_path / "s" / "p.jsonl.zst"
    write_part(
        shard, [Document(f"s/p/{n}", t, "s", {"split": "train"}) for n, t in enumerate(TEXTS)]
    )
    asked = TokenizerSettings(vocabulary=286, trainer=trainer)
    write_tokenizer([shard], [stats_of(shard)], tmp_path, asked)
    assert "take two tokens" not in capsys.readouterr().err
    stats = read_json(tmp_path / "stats.json")
    assert stats["letter_tokens"] == dict.fromkeys("șțăâîȘȚĂÂÎ", 1)
    assert stats["documents"] == 50  # the lines of letters are not counted
    assert stats["bytes"] == sum(len(text.encode()) for text in TEXTS)


def test_every_letter_is_a_token_beside_2000_merges_of_a_text_without_one() -> None:
    choice = random.Random(1)
    # No pair is rare among so few letters, so every merge finds many.
    words = ["".join(choice.choices("abcdefghijkl", k=9)) for _ in range(20_000)]
    asked = TokenizerSettings(vocabulary=257 + ROOM + len(ROMANIAN_LETTERS))
    tokenizer, _ = trained(Listed([" ".join(words)]), asked)
    assert tokenizer.get_vocab_size() == asked.vocabulary
    assert all(len(tokenizer.encode(letter).ids) == 1 for letter in ROMANIAN_LETTERS)
