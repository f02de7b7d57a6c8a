import lzma
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gpt2ro.tokenization import encoders
from gpt2ro.tokenization.encoders import Encoded, GigatokenEncoder, TokenizersEncoder
from gpt2ro.tokenization.tokenizer_file import END_OF_TEXT, read_tokenizer

# Blanks, digits, contractions, letters apart from their marks: where rules of splitting differ.
ODD = st.text("aășȚ'stA0٣ \n\t\r\x00\xa0\u2028\u0301\u200d\U0001f600<|>endofx", max_size=30)
ANY = st.text(max_size=30)


@pytest.fixture(scope="module")
def both(tokenizer_folder: Path) -> tuple[GigatokenEncoder, TokenizersEncoder]:
    path = tokenizer_folder / "tokenizer.json"
    return GigatokenEncoder(path.read_text()), TokenizersEncoder(read_tokenizer(path)[0])


@settings(max_examples=500, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(texts=st.lists(ODD | ANY | st.just(END_OF_TEXT), max_size=5))
def test_both_encoders_give_the_same_ids_for_any_text(
    both: tuple[GigatokenEncoder, TokenizersEncoder], texts: list[str]
) -> None:
    fast, slow = (encoder.encode(texts) for encoder in both)
    assert fast.ids.tolist() == slow.ids.tolist()
    assert fast.lengths.tolist() == slow.lengths.tolist()
    assert fast.ids.dtype == slow.ids.dtype == np.dtype("<u2")
    for encoder in both:
        from_bytes = encoder.encode([text.encode() for text in texts])
        assert from_bytes.ids.tolist() == slow.ids.tolist()


def test_both_encoders_agree_on_real_text(
    both: tuple[GigatokenEncoder, TokenizersEncoder], shared_corpora: Path
) -> None:
    paths = sorted((shared_corpora / "text").glob("*.txt.xz"))
    assert paths
    for path in paths:
        with lzma.open(path, "rt", encoding="utf-8") as file:
            lines = file.read(100_000).splitlines()
        fast, slow = (encoder.encode(lines) for encoder in both)
        assert np.array_equal(fast.ids, slow.ids), path


def test_every_text_is_ended_an_empty_one_too() -> None:
    encoded = Encoded(np.array([5, 6, 7], "<u2"), np.array([2, 0, 1]))
    assert encoded.ended(9).tolist() == [5, 6, 9, 9, 7, 9]


def test_a_renewed_encoder_gives_the_same_ids(
    tokenizer_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    encoder = GigatokenEncoder((tokenizer_folder / "tokenizer.json").read_text())
    before = encoder.encode(["Pisica s-a suit."])
    monkeypatch.setattr(encoders, "RENEW_AFTER_BYTES", 1)
    first = encoder._tokenizer
    after = encoder.encode(["Pisica s-a suit."])
    assert encoder._tokenizer is not first
    assert before.ids.tolist() == after.ids.tolist()
