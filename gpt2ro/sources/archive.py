"""Members of zip archives that stay inside their folder and inside their size."""

import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path, PurePosixPath

from gpt2ro.errors import UserError
from gpt2ro.sources.compression import FREE_EXPANSION

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
                _check_name(path, info)
                if info.is_dir():
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
    # zipfile raises NotImplementedError at an unknown compression, RuntimeError at encryption.
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError) as error:
        raise UserError(f"{path}: damaged zip archive ({error}); fetch it again.") from error


def _check_name(path: Path, info: zipfile.ZipInfo) -> None:
    name = PurePosixPath(info.filename.replace("\\", "/"))
    symbolic_link = (info.external_attr >> 16) & 0o170000 == 0o120000
    if name.is_absolute() or ".." in name.parts or symbolic_link or ":" in info.filename[:2]:
        raise UserError(
            f'{path}: member "{info.filename}" would leave its folder; such an archive is not read.'
        )
