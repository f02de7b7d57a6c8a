"""The record of a planted fault: one entry of manifest.json."""

from dataclasses import asdict, dataclass

Place = int | str


@dataclass(frozen=True)
class Fault:
    """A planted fault, and what the stages must make of it.

    Attributes:
        kind: its name.
        source, part: where it stands.
        place: the ordinal of the document in the part; of Wikipedia, the title of the page.
        fate: repaired, dropped or kept.
        stage: the stage that does it: extract, clean or dedupe.
        reason: why a dropped document is dropped.
        before: of a repaired one, a piece of the text as it stands; it must be gone afterwards.
        after: the piece as it must become; empty when it must vanish.
        duplicate_of: id of the document of which a dropped one is a copy or a near-duplicate.
        near_duplicate_of: id of the document of which a kept one is a version with words changed
            all over the text; too many runs of words differ for it to be a near-duplicate.
    """

    kind: str
    source: str
    part: str
    place: Place
    fate: str
    stage: str
    reason: str | None = None
    before: str | None = None
    after: str | None = None
    duplicate_of: str | None = None
    near_duplicate_of: str | None = None

    def entry(self) -> dict[str, str | int]:
        """Return the fields that say something."""
        return {key: value for key, value in asdict(self).items() if value is not None}
