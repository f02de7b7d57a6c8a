from dataclasses import fields

import pytest
from passages import ENGLISH, ROMANIAN, ROMANIAN_WITHOUT_MARKS, TURKISH

from gpt2ro.cleaning.filter_settings import FINEWEB_2, FilterSettings, with_fineweb_2
from gpt2ro.cleaning.filters import FILTERS, drop_reason
from gpt2ro.cleaning.settings import CleaningSettings

SETTINGS = FilterSettings()
OFF = FilterSettings(
    **{
        item.name: -1 if item.name == "min_romanian" else 0
        for item in fields(FilterSettings)
        if item.name.startswith("min_")
    },
    **{item.name: 1e9 for item in fields(FilterSettings) if item.name.startswith("max_")},
)

REFRAIN = "Plouă iar pe deal în zori.\n"
POEM = f"""\
{REFRAIN}Vântul bate-n nori ușori,
iar cocorii trec în stol
peste câmpul larg și gol.
{REFRAIN}Casa-i mică, focu-i mare,
pâinea crește în cuptor,
bunica ne spune-o zicătoare
despre-un lup și un cocor.
{REFRAIN}"""
DIALOGUE = """\
— Ai venit?
— Da. Am adus și mere din grădină.
— Câte?
— Zece. Sunt roșii și dulci.
— Pune-le pe masă, te rog.
— Le pun. Unde este Ana?
— Este la școală, vine la prânz."""
WORDS = ROMANIAN.split()


@pytest.mark.parametrize("text", [ROMANIAN, ROMANIAN_WITHOUT_MARKS, POEM, DIALOGUE])
def test_keeps_romanian_prose_verse_and_dialogue(text: str) -> None:
    assert drop_reason(text, SETTINGS) is None


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "empty"),
        (ROMANIAN[:99], "too short"),
        ("12.03.2020 | 14,5 | 17,2 | lei\n" * 9, "too few letters"),
        (ENGLISH, "not Romanian"),
        (TURKISH, "not Romanian"),
        (ROMANIAN.translate(str.maketrans("", "", "ăâîșț")) + " Cnd plou, pmntul.", "letters lost"),
        (ROMANIAN.translate(str.maketrans("ășț", "???")), "letters lost"),
        (f"{ROMANIAN} Aceastd lucrare, ca qi alte activitdli, priveqte pe elevi.", "letters lost"),
        (f"{ROMANIAN} Am înv ățat c ă exist ă și condi ții ale educa ției.", "letters lost"),
        ("Ștrudel, țuică, brânză, smântână, ștevie, țelină, mămăligă: " * 2, "too few stop words"),
        (f"{ROMANIAN}\n{ROMANIAN}", "repeats lines"),
        (
            f"{ROMANIAN}\n{ROMANIAN}\nSeara plouă.\nPleacă toți.",
            "repeats characters in lines",
        ),
        ("cumpără și vinde în casă; " * 9, "repeats one run of 2 words"),
        (f"{ROMANIAN} Iar azi: {ROMANIAN}", "repeats runs of 5 words"),
        (" ".join(f"{word} 7" for word in WORDS), "too few words with letters"),
        (
            "\n".join(" ".join(word.strip(",.") for word in WORDS[n : n + 4]) for n in range(13)),
            "lines without punctuation",
        ),
        ("\n".join(f"{word}," for word in WORDS), "too many line breaks"),
    ],
)
def test_names_the_fault(text: str, reason: str) -> None:
    assert drop_reason(text, SETTINGS) == reason


@pytest.mark.parametrize("text", ["x", "123", f"{ENGLISH}\n{ENGLISH}", TURKISH, "da\n" * 99])
def test_keeps_everything_but_nothing_when_the_filters_are_off(text: str) -> None:
    assert drop_reason(text, OFF) is None
    assert drop_reason("", OFF) == "empty"


def test_every_bound_is_a_setting_and_every_setting_but_one_is_a_bound() -> None:
    bounds = {bound for one in FILTERS for bound in (one.minimum, one.maximum) if bound}
    assert bounds == {item.name for item in fields(FilterSettings)} - {"min_characters"}


def test_every_fault_has_a_name_of_its_own() -> None:
    assert len({one.reason for one in FILTERS}) == len(FILTERS)


@pytest.mark.parametrize("one", FILTERS, ids=lambda one: one.reason)
def test_each_filter_alone_drops_a_text_beyond_its_bound(one: object) -> None:
    """Every bound, moved beyond what a plain text has, drops it under the filter's name."""
    values = {item.name: getattr(OFF, item.name) for item in fields(FilterSettings)}
    bound = one.minimum or one.maximum  # type: ignore[attr-defined]
    values[bound] = 1e9 if one.minimum else -1.0  # type: ignore[attr-defined]
    assert drop_reason(POEM, FilterSettings(**values)) == one.reason  # type: ignore[attr-defined]


def test_a_text_at_the_bound_stays() -> None:
    settings = FilterSettings(min_characters=len(ROMANIAN))
    assert drop_reason(ROMANIAN, settings) is None
    assert drop_reason(ROMANIAN[:-1], settings) == "too short"


# A line of the poem stands three times.
@pytest.mark.parametrize(
    ("choice", "web", "reason"),
    [
        ("web", True, "repeats characters in lines"),
        ("web", False, None),
        ("all", False, "repeats characters in lines"),
        ("none", True, None),
    ],
)
def test_fineweb_2_judges_the_sources_that_the_setting_names(
    choice: str, web: bool, reason: str | None
) -> None:
    assert drop_reason(POEM, CleaningSettings(fineweb_2=choice).of_source(web)) == reason


def test_of_two_bounds_the_stricter_one_counts() -> None:
    settings = FilterSettings(max_lines_per_word=0.1, min_alphabetic_words=0.9, max_top_2gram=0.5)
    found = with_fineweb_2(settings)
    assert (found.max_lines_per_word, found.min_alphabetic_words) == (0.1, 0.9)
    assert found.max_top_2gram == FINEWEB_2["max_top_2gram"] == 0.161
    assert all(getattr(with_fineweb_2(OFF), name) == bound for name, bound in FINEWEB_2.items())


@pytest.mark.parametrize("lines", [1, 12])
def test_a_title_and_a_short_list_need_no_punctuation(lines: int) -> None:
    text = f"{ROMANIAN} {ROMANIAN_WITHOUT_MARKS}".replace(",", "").replace(".", "")
    words = text.split()
    length = len(words) // lines
    pieces = [" ".join(words[n * length : (n + 1) * length]) for n in range(lines)]
    assert drop_reason("\n".join(pieces), SETTINGS) is None
