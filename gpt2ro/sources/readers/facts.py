"""What a file says of a text beside it."""

from typing import Any


def facts(title: Any = None, url: Any = None, language_score: Any = None) -> dict[str, Any]:
    """Return what is known of a document; what has another type, or is no number, is left out.

    Deep enough, it could not be written again.
    """
    texts = {"title": title, "url": url}
    meta: dict[str, Any] = {name: text for name, text in texts.items() if isinstance(text, str)}
    if isinstance(language_score, int | float) and 0 <= language_score < 2:  # fastText: 1.00001 too
        meta["language_score"] = language_score
    return meta
