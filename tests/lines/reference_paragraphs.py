"""What removing copied paragraphs must give, slow and obvious."""

from collections.abc import Sequence

from reference_lines import folded

# A text and whether it is a train document.
Text = tuple[str, bool]


def paragraphs(text: str, min_words: int) -> list[tuple[str, int, int]]:
    """The folded words of each, its first line and the one after its last."""
    found: list[tuple[str, int, int]] = []
    run: list[str] = []
    lines = [folded(line) for line in text.split("\n")]
    for place, words in enumerate([*lines, ""]):
        long = len(words.split()) >= min_words
        if long or not words:
            joined = " ".join(run)
            if joined and len(joined.split()) >= min_words:
                found.append((joined, place - len(run), place))
            run = []
        else:
            run.append(words)
        if long and words:
            found.append((words, place, place + 1))
    return found


def cleaned(
    parts: Sequence[Sequence[Text]], min_words: int, min_characters: int
) -> list[str | None]:
    """The texts of all parts, the preferred part first; None for those that are dropped."""
    texts = [text for part in parts for text in part]
    holders: dict[str, list[int]] = {}
    for number, (text, _) in enumerate(texts):
        for words in {words for words, _, _ in paragraphs(text, min_words)}:
            holders.setdefault(words, []).append(number)
    results: list[str | None] = []
    for number, (text, is_train) in enumerate(texts):
        gone: set[int] = set()
        keeps_for_others = False
        for words, start, stop in paragraphs(text, min_words) if is_train else []:
            held_out = any(not texts[holder][1] for holder in holders[words])
            if held_out or holders[words][0] != number:
                gone |= set(range(start, stop))
            elif len(holders[words]) > 1:
                keeps_for_others = True
        rest = text
        if gone:
            kept = [line for place, line in enumerate(text.split("\n")) if place not in gone]
            rest = "\n".join(kept).strip("\n")
            while "\n\n\n" in rest:
                rest = rest.replace("\n\n\n", "\n\n")
        dropped = gone and len(rest) < max(1, min_characters) and not keeps_for_others
        results.append(None if dropped else rest)
    return results
