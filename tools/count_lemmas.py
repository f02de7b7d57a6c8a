"""Count the lemmas of the demo corpus: how small its vocabulary is, and which words are rare.

python tools/count_lemmas.py             # a table, then one JSON line
python tools/count_lemmas.py --seen 3    # before them, every lemma seen at most 3 times

A word is a run of letters of the sources, in small letters; its lemma is what simplemma makes of
it. Nothing is set apart: names, sounds, the markup of the articles, and forms that simplemma does
not know count as lemmas of their own. So the number of lemmas is, if anything, too high.
"""

import argparse
import json
import re
from collections import Counter
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import simplemma

ROOT = Path(__file__).resolve().parents[1]
WORD = re.compile(r"[^\W\d_]+")
# A word seen so seldom is hardly learned by a model of a few million parameters.
RARE = 3


@cache
def lemma_of(word: str) -> str:
    """Return the dictionary form of a Romanian word in small letters."""
    return simplemma.lemmatize(word, lang="ro")


def read_words(source: Path) -> dict[str, list[str]]:
    """Return the words of every file in small letters, by the name of the file."""
    return {
        path.name: WORD.findall(path.read_text(encoding="utf-8").lower())
        for path in sorted(source.glob("*.txt"))
    }


def rare_lemmas(words: dict[str, list[str]], seen: int) -> Iterator[str]:
    """Yield a line for every lemma seen at most so many times: count, lemma, its forms by file."""
    places: dict[str, list[str]] = {}
    for name, words_of_file in words.items():
        for word in words_of_file:
            places.setdefault(lemma_of(word), []).append(f"{word} ({name})")
    rare = ((len(forms), lemma, forms) for lemma, forms in places.items() if len(forms) <= seen)
    for count, lemma, forms in sorted(rare):
        yield f"{count} {lemma}: {', '.join(forms)}"


def vocabulary_figures(words: dict[str, list[str]]) -> dict[str, int]:
    """Return the numbers of words, of different forms and of lemmas, and of the rare ones."""
    forms = Counter(word for words_of_file in words.values() for word in words_of_file)
    lemmas: Counter[str] = Counter()
    for form, count in forms.items():
        lemmas[lemma_of(form)] += count
    return {
        "words": forms.total(),
        "forms": len(forms),
        "lemmas": len(lemmas),
        **{f"seen {n}": sum(count == n for count in lemmas.values()) for n in range(1, RARE + 1)},
    }


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--source", type=Path, default=ROOT / "data" / "demo" / "source")
    parser.add_argument("--seen", type=int, default=0, help="list the lemmas seen at most N times")
    arguments = parser.parse_args()
    words = read_words(arguments.source)
    for line in rare_lemmas(words, arguments.seen):
        print(line)
    figures = vocabulary_figures(words)
    for name, number in figures.items():
        print(f"{name:8} {number:8,}")
    print(json.dumps(figures))


if __name__ == "__main__":
    main()
