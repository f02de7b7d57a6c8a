"""Plants the faults of the plan in the texts, and records each for the manifest."""

from collections.abc import Iterator
from itertools import pairwise

from demo_corpus.faults import Fault, Place
from demo_corpus.plan import (
    COPIES,
    DAMAGES,
    PAGE_LINES,
    STRANGERS,
    WIKIPEDIA,
    Copy,
    Damage,
    PageLine,
    Part,
    Stranger,
)
from demo_corpus.texts import Text

Corpus = dict[Part, list[Text]]


def plant(corpus: Corpus) -> list[Fault]:
    """Plant all faults, changing the corpus.

    The order matters: copies are made of undamaged texts, but appended last, so that the places of
    the plan stay what they are.
    """
    copies = [_copy(corpus, copy) for copy in COPIES]
    faults = [_damage(corpus, damage) for damage in DAMAGES]
    faults += [_page_line(corpus, line) for line in PAGE_LINES]
    faults += [_stranger(corpus, stranger) for stranger in STRANGERS]
    for copy, text in zip(COPIES, copies, strict=True):
        faults.append(_append_copy(corpus, copy, text))
    return [*faults, *_left_out_pages(corpus[WIKIPEDIA])]


def _damage(corpus: Corpus, damage: Damage) -> Fault:
    text = _text(corpus, damage.part, damage.place)
    pieces = _sentences(text.body) if damage.part == WIKIPEDIA else _pairs_of_lines(text.body)
    after = max((piece for piece in pieces if damage.change(piece) != piece), key=_marks)
    before = damage.change(after)
    text.body = damage.change(text.body)
    assert before in text.body, damage
    return Fault(
        damage.kind, *damage.part, damage.place, "repaired", "clean", before=before, after=after
    )


def _pairs_of_lines(text: str) -> list[str]:
    """Return each two neighbouring lines."""
    return ["\n".join(pair) for pair in pairwise(text.split("\n"))]


def _sentences(wikitext: str) -> list[str]:
    """Return the sentences without markup, which does not outlive the extraction."""
    sentences = [piece for line in wikitext.split("\n") for piece in line.split(". ")]
    return [sentence for sentence in sentences if sentence and not set(sentence) & set("[]{}='*|")]


def _marks(text: str) -> float:
    """Return the share of characters that most kinds of damage change."""
    return sum(letter in "șțăîâ„," for letter in text) / len(text)


def _page_line(corpus: Corpus, line: PageLine) -> Fault:
    text = _text(corpus, line.part, line.place)
    text.body = f"{line.line}\n{text.body}" if line.above else f"{text.body}\n{line.line}"
    return Fault(line.kind, *line.part, line.place, "repaired", "clean", before=line.line, after="")


def _stranger(corpus: Corpus, stranger: Stranger) -> Fault:
    place = _append(corpus, stranger.part, Text(stranger.kind, stranger.text))
    return Fault(stranger.kind, *stranger.part, place, "dropped", "clean", reason=stranger.reason)


def _copy(corpus: Corpus, copy: Copy) -> Text:
    changed = [(item.part, item.place) for item in (*DAMAGES, *PAGE_LINES)]
    assert (copy.original, copy.place) not in changed, "a changed original would be there unchanged"
    return Text(copy.kind, copy.change(corpus[copy.original][copy.place].body))


def _append_copy(corpus: Corpus, copy: Copy, text: Text) -> Fault:
    """Append the copy; of the two, the longer one stays, the original when they are equal."""
    planted, original = (copy.part, _append(corpus, copy.part, text)), (copy.original, copy.place)
    if copy.reason is None:
        return Fault(
            copy.kind, *copy.part, planted[1], "kept", "dedupe", near_duplicate_of=_id(*original)
        )
    longer = len(text.body) > len(corpus[copy.original][copy.place].body)
    (part, place), staying = (original, planted) if longer else (planted, original)
    return Fault(
        copy.kind,
        *part,
        place,
        "dropped",
        "dedupe",
        reason=copy.reason,
        duplicate_of=_id(*staying),
    )


def _id(part: Part, place: int) -> str:
    return f"{part.source}/{part.name}/{place}"


def _left_out_pages(pages: list[Text]) -> Iterator[Fault]:
    for page in pages:
        if kind := page_kind(page):
            yield Fault(kind, *WIKIPEDIA, page.title, "dropped", "extract", reason=kind)


def page_kind(page: Text) -> str | None:
    """Return what a page is that is no article: redirect, disambiguation, talk, template page."""
    if page.body.startswith("#REDIRECTEAZA"):
        return "redirect"
    if "{{dezambiguizare}}" in page.body:
        return "disambiguation page"
    if page.title.startswith("Format:"):
        return "template page"
    return "talk page" if page.title.startswith("Discuție:") else None


def _text(corpus: Corpus, part: Part, place: Place) -> Text:
    if isinstance(place, int):
        return corpus[part][place]
    return next(text for text in corpus[part] if text.title == place)


def _append(corpus: Corpus, part: Part, text: Text) -> int:
    corpus[part].append(text)
    return len(corpus[part]) - 1
