"""The prompts speak the language of the demo corpus without reciting it."""

from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
SOURCE = ROOT / "data" / "demo" / "source"


def prompts(name: str) -> list[str]:
    return (ROOT / "config" / name).read_text(encoding="utf-8").splitlines()


def test_there_are_8_different_prompts() -> None:
    assert len(set(prompts("prompts.txt"))) == 8
    assert not set(prompts("prompts.txt")) & set(prompts("parity_prompts.txt"))


@pytest.mark.parametrize("prompt", prompts("prompts.txt"))
def test_a_prompt_has_3_to_8_words_and_begins_no_line_of_the_corpus(prompt: str) -> None:
    assert 3 <= len(prompt.replace("— ", "").split()) <= 8
    lines = [line for path in SOURCE.glob("*.txt") for line in path.read_text("utf-8").split("\n")]
    plain = [line.replace("'''", "") for line in lines]
    assert [line for line in plain if line.startswith(prompt)] == []


def test_the_parity_prompts_hold_a_single_word_quotes_and_a_dash() -> None:
    parity = prompts("parity_prompts.txt")
    assert len(set(parity)) == 5
    assert any(len(prompt.split()) == 1 for prompt in parity)
    assert any(set("„”—") <= set(prompt) for prompt in parity)
