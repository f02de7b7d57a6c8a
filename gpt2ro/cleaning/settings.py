"""Settings of the step clean."""

from dataclasses import dataclass

from gpt2ro.cleaning.filter_settings import FilterSettings
from gpt2ro.settings import setting


@dataclass(frozen=True)
class CleaningSettings(FilterSettings):
    """What is repaired, and what a document must have to stay."""

    repair_mojibake: bool = setting(True, "undo text decoded in the wrong encoding, with ftfy")
    repair_letters: bool = setting(
        True, "write ş and ţ with a cedilla as ș and ț with a comma, in Romanian only"
    )
    drop_boilerplate: bool = setting(
        True, "remove lines of navigation, cookie notices and share buttons"
    )
    mask_personal_data: str = setting(
        "web",
        "mask e-mail addresses, phone numbers, personal numbers (CNP), IBANs and IP addresses: of "
        "sources that are crawled text, of all, or of none",
        choices=("web", "all", "none"),
    )

    def masks(self, web: bool) -> bool:
        """Return whether personal data is masked in a source that is crawled text, or is not."""
        return self.mask_personal_data == "all" or (web and self.mask_personal_data == "web")
