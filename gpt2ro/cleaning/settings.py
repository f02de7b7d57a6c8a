"""Settings of the step clean."""

from dataclasses import dataclass

from gpt2ro.cleaning.filter_settings import FilterSettings, with_fineweb_2
from gpt2ro.settings import setting


@dataclass(frozen=True)
class CleaningSettings(FilterSettings):
    """What is repaired, and what a document must have to stay."""

    repair_mojibake: bool = setting(True, "undo text decoded in the wrong encoding, with ftfy")
    split_ligatures: bool = setting(
        True, "with repair_mojibake: write ligatures (ﬁ, ǆ) as the letters they hold"
    )
    repair_widths: bool = setting(
        True, "with repair_mojibake: write full-width and half-width forms (ａ, ｶ) as usual ones"
    )
    repair_legacy: bool = setting(
        True, "undo ISO 8859-2, 8859-16 and Windows-1250 read as Latin-1 (Bucureºti, þarã)"
    )
    repair_letters: bool = setting(
        True, "write ş and ţ with a cedilla as ș and ț with a comma, in Romanian only"
    )
    restore_letters: bool = setting(
        True, "write the letters for which question marks, U+FFFD or § stand (hot?râre ?i, §i)"
    )
    remove_tags: bool = setting(True, "remove HTML tags, comments and scripts left in the text")
    join_words: bool = setting(True, "join words divided at the end of a line")
    join_lines: bool = setting(True, "join the lines of paragraphs that are broken to a width")
    attach_punctuation: bool = setting(
        True, "remove the blank between a word and its comma or full stop"
    )
    space_punctuation: bool = setting(
        True,
        "write a blank behind punctuation and words of prose that have none (rece.Aici, verdeȘi)",
    )
    drop_boilerplate: bool = setting(
        True, "remove lines of navigation, cookie notices and share buttons"
    )
    fineweb_2: str = setting(
        "web",
        "use FineWeb-2's bounds for Romanian where they are stricter than those here: for sources "
        "that are crawled text, for all, or for none",
        choices=("web", "all", "none"),
    )
    mask_personal_data: str = setting(
        "web",
        "mask e-mail addresses, phone numbers, personal numbers (CNP), IBANs and IP addresses: of "
        "sources that are crawled text, of all, or of none",
        choices=("web", "all", "none"),
    )

    def masks(self, web: bool) -> bool:
        """Return whether personal data is masked in a source that is crawled text, or is not."""
        return concerns(self.mask_personal_data, web)

    def of_source(self, web: bool) -> "CleaningSettings":
        """Return the settings with the bounds for a source that is crawled text, or is not."""
        return with_fineweb_2(self) if concerns(self.fineweb_2, web) else self


def concerns(sources: str, web: bool) -> bool:
    """Return whether a choice of sources (web, all, none) takes in one that is crawled or not."""
    return sources == "all" or (web and sources == "web")
