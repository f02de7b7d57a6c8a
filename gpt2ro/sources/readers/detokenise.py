"""Tokens of a tokenised corpus joined into a sentence as Romanian is written."""

from collections.abc import Iterable

# Written without a blank before, or after.
CLOSING = frozenset(",.;:!?)]}%»”’…") | {"...", "?!", "!!", "??", "!?"}
OPENING = frozenset("([{«„‘")


def joined(tokens: Iterable[str]) -> str:
    """Return the sentence: no blank around clitic hyphens (`s-` `a`), before `,`, after `„`.

    A straight quotation mark opens and closes in turn.
    """
    pieces: list[str] = []
    glue, quoted = True, False
    for text in tokens:
        if not text:
            continue
        closes = text in CLOSING or (text == '"' and quoted) or _is_clitic(text[::-1])
        pieces.append(text if glue or closes else f" {text}")
        quoted ^= text == '"'
        glue = text in OPENING or (text == '"' and quoted) or _is_clitic(text)
    return "".join(pieces)


def _is_clitic(text: str) -> bool:
    """Say whether a token is letters and a final hyphen, which the next token continues."""
    return len(text) > 1 and text[-1] in "-‑" and text[-2].isalpha()
