"""Members of zip archives that stay inside their folder and inside their size."""

import lzma
import stat
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path, PurePosixPath

from gpt2ro.errors import UserError
from gpt2ro.sources.compression import BLOCK, FREE_EXPANSION
from gpt2ro.sources.input_file import Position

# What zipfile and its decompressors raise at a damaged archive; NotImplementedError at an unknown
# compression, RuntimeError at encryption, ValueError at sizes and names that cannot be.
DAMAGE = (
    zipfile.BadZipFile, zlib.error, lzma.LZMAError, EOFError, OSError, NotImplementedError,
    RuntimeError, ValueError, OverflowError,
)  # fmt: skip
MAX_MEMBERS = 1_000_000  # OpenSubtitles has 0.2 million; each costs memory before it is read


def members(
    path: Path, max_expansion: int, position: Position | None = None
) -> Iterator[tuple[str, Iterator[bytes]]]:
    """Yield (name, content in blocks of at most 1 MiB) of each file in a zip archive, by name.

    Nothing is unpacked to disk, nor read before it is asked for; `position` is told of each member
    that has been read. Sizes are checked on what really
    comes out, not on what the archive says.

    Raises:
        UserError: the archive is damaged, a member would leave its folder, or it expands too far;
            the iterators of the members raise it too.
    """
    limit = _Limit(path, max_expansion)
    with _damage_told(path), zipfile.ZipFile(path) as archive:
        infos = sorted(archive.infolist(), key=lambda info: info.filename)
        if len(infos) > MAX_MEMBERS:
            raise UserError(f"{path}: {len(infos):,} members; at most {MAX_MEMBERS:,} are read.")
        for info in infos:
            _check_member(path, info)
            if not info.filename.endswith("/"):  # is_dir() fails at an empty name
                yield info.filename, _blocks(archive, info, limit)
                if position:
                    position.bytes += info.compress_size


def _blocks(archive: zipfile.ZipFile, info: zipfile.ZipInfo, limit: "_Limit") -> Iterator[bytes]:
    with _damage_told(limit.path), archive.open(info) as member:
        while block := member.read(BLOCK):
            limit.take(len(block), info.filename)
            yield block


class _Limit:
    """What the members of an archive may still expand to, all together."""

    def __init__(self, path: Path, max_expansion: int) -> None:
        self.path = path
        self._max_expansion = max_expansion
        self._left = max(FREE_EXPANSION, max_expansion * path.stat().st_size)

    def take(self, count: int, name: str) -> None:
        """Count bytes of a member.

        Raises:
            UserError: they are too many.
        """
        self._left -= count
        if self._left < 0:
            raise UserError(
                f"{self.path}: expands to over {self._max_expansion} times its size at {name}; if "
                "it is no bomb, raise extraction.max_expansion."
            )


@contextmanager
def _damage_told(path: Path) -> Iterator[None]:
    try:
        yield
    except DAMAGE as error:
        raise UserError(f"{path}: damaged zip archive ({error}); fetch it again.") from error


def _check_member(path: Path, info: zipfile.ZipInfo) -> None:
    name = PurePosixPath(info.filename.replace("\\", "/"))
    if name.is_absolute() or ".." in name.parts or ":" in info.filename[:2]:
        raise UserError(
            f'{path}: member "{info.filename}" would leave its folder; such an archive is not read.'
        )
    # The upper half holds the mode of Unix, 0 where the archive was made elsewhere.
    kind = stat.S_IFMT(info.external_attr >> 16)
    if kind not in (0, stat.S_IFREG, stat.S_IFDIR):
        raise UserError(
            f'{path}: member "{info.filename}" is a link, a pipe or a device, expected files and '
            "folders; such an archive is not read."
        )
