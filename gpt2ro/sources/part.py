"""A part: what the steps up to the tokens work on by itself, side by side with others."""

import shlex
from dataclasses import dataclass
from pathlib import Path

from gpt2ro.sources.formats import AUTO, FORMATS, format_of


@dataclass(frozen=True)
class Part:
    """One file of a source, or a bundle: exactly one of `paths`, `url` and `hub_file` is set.

    Attributes:
        name: unique in the source and safe as a file name.
        format: one of gpt2ro.sources.formats.FORMATS, or auto.
        paths: where the local file lies, or the files of a bundle.
        url: http(s) address.
        hub_file: path in the repository `hub_repository` at `hub_revision` of the Hugging Face hub.
        gated: whether the hub wants a token for it.
        sha256: expected SHA-256, if known.
        size: expected size in bytes, if known.
    """

    name: str
    format: str
    paths: tuple[Path, ...] = ()
    url: str | None = None
    hub_file: str | None = None
    hub_repository: str | None = None
    hub_revision: str | None = None
    gated: bool = False
    sha256: str | None = None
    size: int | None = None

    @property
    def formats(self) -> set[str]:
        """Of its files; all there are where their names will tell."""
        if self.format != AUTO:
            return {self.format}
        return {found for path in self.paths if (found := format_of(path))} or set(FORMATS)

    def download_flags(self) -> str:
        """Return where the part is fetched from and how it is checked, as flags of download.py."""
        values = {
            "url": self.url,
            "hub-repository": self.hub_repository,
            "hub-revision": self.hub_revision,
            "hub-file": self.hub_file,
            "sha256": self.sha256,
            "size": self.size,
        }
        words = [f"--{flag}={value}" for flag, value in values.items() if value is not None]
        return shlex.join([*words, *(["--gated"] if self.gated else [])])

    def extract_flags(self) -> str:
        """Return how the part is read, as flags of extract.py."""
        words = [f"--format={self.format}"]
        if self.paths and self.sha256:
            words.append(f"--sha256={self.sha256}")
        return shlex.join(words)
