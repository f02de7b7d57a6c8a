"""Members of zip archives that stay inside their folder and inside their size."""

import lzma
import stat
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path, PurePosixPath

from gpt2ro.errors import UserError
from gpt2ro.sources.compression import FREE_EXPANSION

# What zipfile and its decompressors raise at a damaged archive; NotImplementedError at an unknown
# compression, RuntimeError at encryption, ValueError at sizes and names that cannot be.
DAMAGE = (
    zipfile.BadZipFile, zlib.error, lzma.LZMAError, EOFError, OSError, NotImplementedError,
    RuntimeError, ValueError, OverflowError,
)  # fmt: skip
MAX_MEMBERS = 1_000_000  # OpenSubtitles has 0.2 million; each costs memory before it is read


def members(path: Path, max_expansion: int) -> Iterator[tuple[str, bytes]]:
    """Yield (name, content) of each file in a zip archive, sorted by name.

    Nothing is unpacked to disk. Sizes are checked on what really comes out, not on what the archive
    says.

    Raises:
        UserError: the archive is damaged, a member would leave its folder, or it expands too far.
    """
    allowed = max(FREE_EXPANSION, max_expansion * path.stat().st_size)
    try:
        with zipfile.ZipFile(path) as archive:
            infos = sorted(archive.infolist(), key=lambda info: info.filename)
            if len(infos) > MAX_MEMBERS:
                raise UserError(
                    f"{path}: {len(infos):,} members; at most {MAX_MEMBERS:,} are read."
                )
            for info in infos:
                _check_member(path, info)
                if info.filename.endswith("/"):  # is_dir() fails at an empty name
                    continue
                with archive.open(info) as member:
                    content = member.read(allowed + 1)
                allowed -= len(content)
                if allowed < 0:
                    raise UserError(
                        f"{path}: expands to over {max_expansion} times its size at "
                        f"{info.filename}; if it is no bomb, raise extraction.max_expansion."
                    )
                yield info.filename, content
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
