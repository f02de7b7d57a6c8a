"""The catalogue of sources, and the parts each consists of."""

import os
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

import xxhash

from gpt2ro.configuration import check
from gpt2ro.errors import UserError
from gpt2ro.sources.bundles import bundled
from gpt2ro.sources.formats import AUTO, format_of, why_left_out
from gpt2ro.sources.left_out import LeftOut, tell
from gpt2ro.sources.part import Part
from gpt2ro.yaml_file import read_yaml

SCHEMA = Path(__file__).parents[2] / "workflow" / "schemas" / "sources.schema.yaml"

# Formats whose documents have the title of an article in a field.
WITH_TITLES = ("parquet", "jsonl", "csv")

# Files that the rules write beside the documents of a part end so.
RESERVED_ENDINGS = (".dropped", ".provenance.json")

# Files that the rules write beside the folders of the sources are named so.
RESERVED_SOURCES = ("index.bin", "index.json")
# Characters of the name of a part: a file system takes 255 bytes, and what the rules and an
# unfinished file put before and behind it are up to 40.
MAX_NAME = 200


@dataclass(frozen=True)
class Found:
    """What a source consists of: its parts, sorted by name, and what lies there and is not read."""

    parts: list[Part]
    left_out: list[LeftOut]


@dataclass(frozen=True)
class Source:
    """A named source of the catalogue; `entry` is its checked description."""

    name: str
    entry: dict[str, Any]

    @property
    def web(self) -> bool:
        """Whether it is crawled text, in which strangers' personal data is to be expected."""
        return bool(self.entry.get("web", False))

    @property
    def wikipedia(self) -> bool:
        """Whether it is Wikipedia as plain text, of which not every article is one to read."""
        return bool(self.entry.get("wikipedia", False))

    @property
    def extraction(self) -> dict[str, Any]:
        """What it has in place of the settings of the section extraction."""
        return {key: self.entry[key] for key in ("text_column",) if key in self.entry}

    def parts(self, root: Path) -> list[Part]:
        """Return the parts of what is `found`."""
        return self.found(root).parts

    def found(self, root: Path) -> Found:
        """Look where the source lies; what is left out there is told on standard error too.

        Args:
            root: the folder from which local paths start.

        Raises:
            UserError: the entry does not say where a file is, a local one is missing, two parts
                have one name, or one has a name that the workflow gives to other files.
        """
        left_out: list[LeftOut] = []
        parts = sorted(bundled(self._parts(root, left_out)), key=lambda part: part.name)
        for part in parts:
            if part.name.endswith(RESERVED_ENDINGS):
                raise UserError(
                    f'source "{self.name}": a part is named "{part.name}" ({_place(part)}); '
                    f"{' and '.join(RESERVED_ENDINGS)} end the names of files beside a part; "
                    "rename it."
                )
        for part, following in pairwise(parts):
            if part.name == following.name:
                raise UserError(
                    f'source "{self.name}": two parts are named "{part.name}" '
                    f"({_place(part)}, {_place(following)}); rename one."
                )
        return Found(parts, left_out)

    def _parts(self, root: Path, left_out: list[LeftOut]) -> Iterator[Part]:
        if self.wikipedia and self.entry["format"] not in WITH_TITLES:
            raise UserError(
                f'source "{self.name}": wikipedia is true and the format {self.entry["format"]}; '
                f"it is for {', '.join(WITH_TITLES)}, which have titles (a dump needs no such key)."
            )
        if not {"local", "files"} & self.entry.keys():
            raise UserError(f'source "{self.name}": neither local nor files; say where it is.')
        if "local" in self.entry:
            yield from self._local_parts(root, left_out)
        for file in self.entry.get("files", []):
            yield from self._remote_parts(file)

    def _remote_parts(self, file: dict[str, Any]) -> Iterator[Part]:
        hub = self.entry.get("huggingface", {})
        key, what = ("path", "that in the data set") if hub else ("url", "its address")
        if key not in file:
            raise UserError(f'source "{self.name}": a file has no {key}; name {what}.')
        for number in self._numbers(file.get("numbers")):
            address = file[key].replace("{n}", number)
            yield Part(
                name=file.get("part") or safe_name(address.rpartition("/")[2].partition("?")[0]),
                format=self.entry["format"],
                url=None if hub else address,
                hub_file=address if hub else None,
                hub_repository=hub.get("repository"),
                hub_revision=hub.get("revision"),
                gated=hub.get("gated", False),
                sha256=file.get("sha256"),
                size=file.get("size"),
            )

    def _numbers(self, span: str | None) -> list[str]:
        """Expand "1-12", or "000-012" with its leading zeros; None: one file, without a number."""
        if span is None:
            return [""]
        first, last = span.split("-")
        numbers = range(int(first), int(last) + 1)
        if not numbers:
            raise UserError(
                f'source "{self.name}": numbers is "{span}", which has no number in it; write the '
                "smaller one first."
            )
        return [str(number).zfill(len(first)) for number in numbers]

    def _local_parts(self, root: Path, left_out: list[LeftOut]) -> Iterator[Part]:
        for pattern in self.entry["local"]:
            place = root / Path(pattern).expanduser()
            found, unread = _local_files(place)
            if self.entry["format"] == AUTO:
                unread |= {path: why_left_out(path) for path in found if not format_of(path)}
            told = dict(sorted(unread.items()))
            tell([f"{path}: left out, {told[path]}" for path in told], place, "left out")
            if not found:
                fault = f"nothing found at {pattern}; expected a file, a folder or a pattern."
                if place.is_dir():
                    fault = f"no file in the folder {pattern}; put text there, or name another."
                raise UserError(f'source "{self.name}": {fault}')
            inner = _inner(place, [*found, *told])
            left_out += [LeftOut(str(inner[path]), told[path]) for path in told]
            names = _part_names({path: inner[path] for path in found})
            for path in found:
                if path not in unread:
                    yield Part(
                        name=names[path],
                        format=self.entry["format"],
                        paths=(path,),
                        sha256=self.entry.get("sha256", {}).get(str(inner[path])),
                    )


def load_catalogue(path: Path) -> dict[str, Source]:
    """Read and check a catalogue.

    Raises:
        UserError: names the file, the source and the key, and what is allowed; or a source has a
            name that the workflow gives to another file.
    """
    entries = read_yaml(path) or {}
    check(entries, read_yaml(SCHEMA), str(path))
    for name in filter(entries.get, RESERVED_SOURCES):
        raise UserError(
            f'{path}: a source is named "{name}", as a file of ours beside the folders of the '
            "sources; rename it."
        )
    return {name: Source(name, entry) for name, entry in entries.items()}


def folder_source(folder: Path) -> Source:
    """Return the source "folder": every file of known kind below a folder of the user's own.

    Raises:
        UserError: there is no such folder.
    """
    if not folder.is_dir():
        raise UserError(f"config: corpus is {folder}, not a folder; name the folder of your text.")
    return Source("folder", {"format": AUTO, "local": [str(folder.absolute())]})


def _place(part: Part) -> str:
    return str(part.paths[0]) if part.paths else str(part.url or part.hub_file)


def _local_files(pattern: Path) -> tuple[list[Path], dict[Path, str]]:
    """Return the files that a path, a folder or a pattern means, sorted; hidden ones are skipped.

    With them comes what lies in a folder and cannot be read, and why.

    Raises:
        UserError: a folder may not be read, or a pattern is none.
    """
    if pattern.is_file():
        return [pattern], {}
    if pattern.is_dir():
        return _files_below(pattern)
    base = Path(pattern.anchor)
    try:
        found = sorted(base.glob(str(pattern.relative_to(base))))
    except ValueError as error:
        raise UserError(
            f"{pattern}: not a pattern of files ({error}); write ** as a folder of its own, "
            "as in texts/**/*.txt."
        ) from None
    return [path for path in found if path.is_file() and not path.name.startswith(".")], {}


def _files_below(folder: Path) -> tuple[list[Path], dict[Path, str]]:
    """Return the files of a folder and its folders, sorted, and why others are not read.

    Links to folders can be loops.
    """
    found: list[Path] = []
    unread: dict[Path, str] = {}
    for place, folders, files in os.walk(folder, onerror=_refuse_folder):
        folders[:] = [name for name in folders if not name.startswith(".")]
        for path in (Path(place, name) for name in folders):
            if path.is_symlink():
                unread[path] = "a link to a folder"
        for path in (Path(place, name) for name in files if not name.startswith(".")):
            if os.path.isfile(path):  # noqa: PTH113 - does not raise where it may not look
                found.append(path)
            else:
                unread[path] = "not a readable file"
    return sorted(found), unread


def _refuse_folder(error: OSError) -> None:
    raise UserError(
        f"{error.filename}: cannot be read ({error.strerror}); check its permissions."
    ) from error


def _inner(pattern: Path, paths: list[Path]) -> dict[Path, Path]:
    """Return for each file its place below `pattern`, if that is a folder; else its name."""
    is_folder = pattern.is_dir()
    return {path: path.relative_to(pattern) if is_folder else Path(path.name) for path in paths}


def _part_names(inner: dict[Path, Path]) -> dict[Path, str]:
    """Return for each file the name of its part, made of its place.

    Where several would have one name, as "a b.txt" and "a_b.txt", all that are not named so
    themselves have a hash of their place added.
    """
    names = {path: safe_name("_".join(place.parts)) for path, place in inner.items()}
    count = Counter(names.values())
    for path, place in inner.items():
        if count[names[path]] > 1 and names[path] != str(place):
            names[path] += f"-{_digest(place.as_posix())}"
    return names


def safe_name(name: str) -> str:
    """Return a name of letters, digits, `.`, `_` and `-` only, that begins with no `.` or `-`.

    A name that begins with `-` would be a flag to the scripts. Of a longer one than MAX_NAME a hash
    stands for the rest.
    """
    safe = re.sub(r"[^A-Za-z0-9._-]", "_", name).lstrip(".-") or "part"
    if len(safe) <= MAX_NAME:
        return safe
    digest = _digest(name)
    return f"{safe[: MAX_NAME - len(digest) - 1]}-{digest}"


def _digest(name: str) -> str:
    """Return eight hexadecimal digits that tell a name apart from others."""
    return xxhash.xxh3_64_hexdigest(name.encode(errors="surrogateescape"))[:8]
