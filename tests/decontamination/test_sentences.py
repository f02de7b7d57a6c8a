import re

from hypothesis import given
from hypothesis import strategies as st

from gpt2ro.decontamination.ngrams import NgramHasher, folded_words
from gpt2ro.decontamination.sentences import SentenceFilter

HELD_OUT = "Unu doi trei patru cinci șase șapte opt nouă zece."


def sentence_filter(held_out: str, words: int) -> SentenceFilter:
    return SentenceFilter(NgramHasher(words).ngrams(held_out), words)


def filtered(text: str) -> tuple[str, int]:
    return sentence_filter(HELD_OUT, 4).filtered(text)


def test_a_sentence_with_a_held_out_run_goes_whatever_its_spelling() -> None:
    assert filtered("Ana vine. El zice: CINCI, sase - sapte, opt! Ana tace.") == (
        "Ana vine. Ana tace.",
        1,
    )


def test_a_shorter_run_stays() -> None:
    text = "El zice: cinci, șase, șapte. Și tace."
    assert filtered(text) == (text, 0)


def test_of_a_run_over_lines_those_go_where_an_n_gram_begins() -> None:
    # Of "patru cinci șase șapte opt", the n-grams begin at "patru" and at "cinci".
    assert filtered("El zice patru\ncinci șase\n\nșapte\nopt și tace") == (
        "șapte\nopt și tace",
        2,
    )


def test_a_line_that_goes_leaves_no_gap() -> None:
    text = "Ana vine.\n\nUnu doi trei patru.\n\nAna tace. Unu doi trei patru.\nGata."
    assert filtered(text) == ("Ana vine.\n\nAna tace.\nGata.", 2)


def test_a_text_shorter_than_an_n_gram_holds_none() -> None:
    assert NgramHasher(4).ngrams("Unu doi trei").tolist() == []
    assert len(NgramHasher(4).ngrams("unu doi trei patru")) == 1
    assert sentence_filter("unu doi trei", 4).filtered("unu doi trei") == ("unu doi trei", 0)


texts = st.lists(st.sampled_from(["a", "b", "c", ".", "\n"]), max_size=60).map(" ".join)


@given(texts, texts, st.integers(1, 4))
def test_takes_what_a_plain_comparison_of_words_finds(held_out: str, text: str, words: int) -> None:
    forbidden = ngrams(folded_words(held_out), words)
    sentences = [folded_words(part) for part in re.split(r"[.\n]", text)]
    all_words = [word for sentence in sentences for word in sentence]
    kept, start = [], 0
    for sentence in sentences:
        reach = all_words[start : start + len(sentence) + words - 1]
        if not (sentence and forbidden & ngrams(reach, words)):
            kept += sentence
        start += len(sentence)
    assert folded_words(sentence_filter(held_out, words).filtered(text)[0]) == kept


def ngrams(words: list[str], size: int) -> set[tuple[str, ...]]:
    return {tuple(words[i : i + size]) for i in range(len(words) - size + 1)}
