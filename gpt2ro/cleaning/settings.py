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
