"""Settings of repeated lines; docs/data.md tells where the defaults come from."""

from dataclasses import dataclass

from gpt2ro.settings import setting


@dataclass(frozen=True)
class LineIndexSettings:
    """Which lines are worth looking up."""

    min_documents: int = setting(
        10, "a line is repeated when so many documents of its site have it", minimum=2
    )


@dataclass(frozen=True)
class LineRemovalSettings:
    """Which of them go."""

    min_share: float = setting(
        0.2, "and this share of the documents of its site", minimum=0, maximum=1
    )


@dataclass(frozen=True)
class ParagraphSettings:
    """What of a text is compared with other documents."""

    paragraph_min_words: int = setting(
        20, "a paragraph of fewer words is never taken for a copy", minimum=1
    )


@dataclass(frozen=True)
class LineSettings(ParagraphSettings, LineRemovalSettings, LineIndexSettings):
    """Where lines are looked for, and which go."""

    paragraphs: bool = setting(
        False, "keep a paragraph that several documents have in the first of them only"
    )

    repeated: str = setting(
        "web",
        "remove repeated lines: of sources that are crawled text, of all, or of none",
        choices=("web", "all", "none"),
    )

    def looks_at(self, web: bool) -> bool:
        """Return whether lines are removed from a source that is crawled text, or is not."""
        return self.repeated == "all" or (web and self.repeated == "web")
