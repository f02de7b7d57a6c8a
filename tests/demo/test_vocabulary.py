"""The demo corpus keeps to a small vocabulary: what a model of 2 million parameters learns."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
TOOL = ROOT / "tools" / "count_lemmas.py"


def run_tool(*arguments: str) -> list[str]:
    command = [sys.executable, str(TOOL), *arguments]
    result = subprocess.run(command, check=True, capture_output=True, text=True)
    return result.stdout.splitlines()


@pytest.fixture(scope="module")
def figures() -> dict[str, int]:
    figures: dict[str, int] = json.loads(run_tool()[-1])
    return figures


def test_the_corpus_has_at_most_1500_lemmas(figures: dict[str, int]) -> None:
    assert figures["lemmas"] <= 1500


def test_almost_no_lemma_is_rare(figures: dict[str, int]) -> None:
    assert figures["seen 1"] <= 5
    assert figures["seen 1"] + figures["seen 2"] <= 15
    assert figures["seen 1"] + figures["seen 2"] + figures["seen 3"] <= 60


def test_a_lemma_is_used_50_times_in_the_mean(figures: dict[str, int]) -> None:
    # So that the bounds above are not kept by leaving text out.
    assert figures["words"] >= 75_000
    assert figures["words"] >= 50 * figures["lemmas"]


def test_forms_of_a_word_are_one_lemma_and_rare_ones_are_listed(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("=== Masa\nMasa și mesele, 3 mese.\n", encoding="utf-8")
    (tmp_path / "b.txt").write_text("Și un urs.\n", encoding="utf-8")
    lines = run_tool("--source", str(tmp_path), "--seen", "1")
    assert lines[:2] == ["1 un: un (b.txt)", "1 urs: urs (b.txt)"]
    assert json.loads(lines[-1]) == {
        "words": 8, "forms": 6, "lemmas": 4, "seen 1": 2, "seen 2": 1, "seen 3": 0
    }  # fmt: skip
