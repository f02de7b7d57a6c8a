"""docs/data.md: every setting of the corpus is in it, with the default that it has."""

import re
from dataclasses import fields
from pathlib import Path

import pytest

from gpt2ro.cleaning.filter_settings import FINEWEB_2
from gpt2ro.cleaning.filters import drop_reason
from gpt2ro.cleaning.pii import masked
from gpt2ro.cleaning.settings import CleaningSettings
from gpt2ro.decontamination.decontaminator import Decontaminator
from gpt2ro.decontamination.ngrams import NgramHasher
from gpt2ro.decontamination.sentences import SentenceFilter
from gpt2ro.decontamination.settings import DecontaminationSettings
from gpt2ro.documents import Document
from gpt2ro.run_settings import STAGES

DOCUMENT = (Path(__file__).parents[1] / "docs" / "data.md").read_text(encoding="utf-8")
DEFAULTS = dict(re.findall(r"^\| `([a-z_]+\.[a-z_0-9]+)` \| (\S+) \|", DOCUMENT, re.MULTILINE))
# The rows of the table of filters that stand for several settings.
OF_SEVERAL = re.compile(r"max_(top_[34]gram|repeated_([6-9]|10)grams)|seed")


def written(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


@pytest.mark.parametrize("section", STAGES)
def test_every_setting_is_named(section: str) -> None:
    missing = [
        item.name
        for item in fields(STAGES[section])
        if not OF_SEVERAL.fullmatch(item.name)
        and f"`{item.name}`" not in DOCUMENT
        and f"`{section}.{item.name}`" not in DOCUMENT
        and not re.search(rf"^ +{item.name}: ", DOCUMENT, re.MULTILINE)
    ]
    assert missing == []


def test_the_table_of_defaults_tells_those_there_are() -> None:
    real = {
        f"{section}.{item.name}": written(item.default)
        for section, settings in STAGES.items()
        for item in fields(settings)
    }
    assert len(DEFAULTS) > 20
    assert {name: real.get(name) for name in DEFAULTS} == DEFAULTS


def test_the_table_of_filters_tells_the_bounds_there_are() -> None:
    rows = re.findall(r"^\| [^|]+ \| (`[^|]+) \| ([\d., ]+) \|([\d., ]*)\|", DOCUMENT, re.MULTILINE)
    told = {}
    for names, defaults, fineweb in rows:
        names = re.findall(r"`(\w+)`", names)
        if names[0].endswith(("_2gram", "_5grams")):
            first, last = (2, 4) if "_2gram" in names[0] else (5, 10)
            names = [re.sub(r"\d", str(n), names[0]) for n in range(first, last + 1)]
        for place, name in enumerate(names):
            bounds = [cell.split(", ")[place] for cell in (defaults, fineweb) if cell.strip()]
            told[name] = [float(bound) for bound in bounds]
    settings = CleaningSettings()
    assert len(told) >= 20
    for name, (default, *fineweb_2) in told.items():
        assert default == getattr(settings, name)
        # Those that equal ours are not in the table of FineWeb-2's.
        assert FINEWEB_2.get(name, default) == (fineweb_2 or [default])[0], name
    assert FINEWEB_2.keys() <= told.keys()


def test_the_examples_are_what_the_steps_give() -> None:
    before, after = re.findall(r"(?:before|after) +(Scrieți la .*)", DOCUMENT)
    assert masked(before)[0] == after
    dropped = re.findall(r"^    (12\.03|cumpără).* dropped: (.*)", DOCUMENT, re.MULTILINE)
    assert len(dropped) == 2
    for text, reason in dropped:
        whole = {
            "12.03": "12.03.2020 | 14,5 | 17,2 | lei\n",
            "cumpără": "cumpără și vinde în casă; ",
        }
        assert drop_reason(whole[text] * 9, CleaningSettings()) == reason


def test_the_example_of_decontamination_is_what_the_defaults_give() -> None:
    example = re.search(
        r"^    held out (.*)\n    before +((?:.*\n)+?)    after +(.*)", DOCUMENT, re.M
    )
    assert example is not None
    held_out, before, after = (" ".join(text.split()) for text in example.groups())
    settings = DecontaminationSettings()
    ngrams = NgramHasher(settings.words).ngrams(held_out.replace(" / ", "\n"))
    sentences = SentenceFilter(ngrams, settings.words)
    document = Document("s/p/0", before, "s")
    Decontaminator(sentences, settings.max_removed, CleaningSettings().min_characters).apply(
        document
    )
    assert (document.text, document.reason) == (after, None)
