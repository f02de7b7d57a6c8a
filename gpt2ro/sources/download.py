"""Downloads over http(s): resumed, retried, checked, and under their name only when complete."""

import os
import re
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import IO

import httpx

from gpt2ro.errors import NO_SPACE, UserError
from gpt2ro.files import commit, partial_path, sha256, write_json
from gpt2ro.progress import Progress
from gpt2ro.sources.compression import compression, decompressed

ATTEMPTS = 6
FIRST_PAUSE = 1.0  # seconds before the second attempt; doubled each time, so 31 s in all
TIMEOUT = httpx.Timeout(30.0)  # seconds to connect, and between two pieces of the body
RETRIED = {408, 425, 429, 500, 502, 503, 504}
# What another attempt cannot get over: an address that is none, or leads nowhere or elsewhere.
HOPELESS = (
    httpx.InvalidURL, httpx.UnsupportedProtocol, httpx.LocalProtocolError, httpx.TooManyRedirects,
)  # fmt: skip
REFUSED = (
    "if its page asks to accept terms, accept them and set HF_TOKEN to a token that may read it; "
    "otherwise check the address in the catalogue."
)
UNTOLD = (
    "the server does not say how long the file is, so it could be cut; give its size or sha256 in "
    "the catalogue."
)

# RFC 9110, 14.4: from which byte an answer goes on, and how many the file has.
CONTENT_RANGE = re.compile(r"bytes (\d+)-\d+/(\d+)")


class InterruptedTransferError(Exception):
    """A fault that another attempt may get over."""


def download(
    url: str,
    output: Path,
    *,
    expected_sha256: str | None = None,
    expected_size: int | None = None,
    headers: dict[str, str] | None = None,
    pause: Callable[[float], None] = time.sleep,
) -> None:
    """Fetch an address to `output`, and write `output`.provenance.json beside it.

    A partial file of an earlier attempt, also of a killed process, is continued where the server
    allows it. Where neither the server nor the catalogue says how long the file is, a compressed
    one must be whole streams, and a warning on standard error says that it could be cut.

    Raises:
        UserError: the server refuses (4xx), stays unreachable, or sends nothing or other bytes than
            expected.
    """
    if not url.startswith(("http://", "https://")):
        raise UserError(f"{url}: not an http or https address; correct the catalogue.")
    try:
        output.parent.mkdir(parents=True, exist_ok=True)
        facts = _complete(
            url, partial_path(output), expected_sha256, expected_size, headers or {}, pause
        )
        commit(partial_path(output), output)
    except OSError as error:
        full = error.errno in NO_SPACE
        raise UserError(
            f"{output}: cannot be written ({error.strerror}); "
            f"{'free some space (what came is kept)' if full else 'check the folder'}, run again."
        ) from error
    write_json(output.with_name(f"{output.name}.provenance.json"), facts)


def _complete(
    url: str,
    partial: Path,
    expected_sha256: str | None,
    expected_size: int | None,
    headers: dict[str, str],
    pause: Callable[[float], None],
) -> dict[str, object]:
    """Fetch and verify the partial file; return what its provenance says."""
    for attempt in range(1, ATTEMPTS + 1):
        try:
            is_told = _fetch(url, partial, expected_size, headers)
            if not (is_told or expected_size or expected_sha256):
                _check_stream(partial)
                print(f"gpt2ro: {url}: {UNTOLD}", file=sys.stderr)
            break
        except HOPELESS as error:
            raise UserError(
                f"{url}: cannot be fetched ({_reason(error)}), expected an http or https address "
                "that ends at a file; correct the catalogue."
            ) from None
        except (InterruptedTransferError, httpx.TransportError) as error:
            if attempt == ATTEMPTS:
                raise UserError(
                    f"{url}: gave up after {ATTEMPTS} attempts ({_reason(error)}); what came "
                    "so far is kept, so run again later to continue."
                ) from None
            pause(FIRST_PAUSE * 2 ** (attempt - 1))
    _verify(url, partial, expected_sha256, expected_size)
    facts = {"url": url, "sha256": sha256(partial), "size": partial.stat().st_size}
    _etag_path(partial).unlink(missing_ok=True)
    return facts


def _reason(error: Exception) -> str:
    return str(error) or type(error).__name__


def _fetch(url: str, partial: Path, expected_size: int | None, headers: dict[str, str]) -> bool:
    """Make one attempt; the partial file is continued when the server still has the same one.

    Returns:
        Whether the server said where the file ends, so that what came is all of it.
    """
    have = partial.stat().st_size if partial.exists() else 0
    if expected_size is not None and have == expected_size:
        return True
    etag = _etag_path(partial)
    if have and etag.exists():
        headers = {**headers, "Range": f"bytes={have}-", "If-Range": etag.read_text()}
    # Bytes as they are stored: a .gz file must not be unpacked on the way.
    headers = {"Accept-Encoding": "identity", **headers}
    with (
        httpx.Client(follow_redirects=True, timeout=TIMEOUT) as client,
        client.stream("GET", url, headers=headers) as response,
    ):
        if have and response.status_code == httpx.codes.REQUESTED_RANGE_NOT_SATISFIABLE:
            _accept_or_restart(response, partial, etag)
            return True
        _check_status(url, response)
        resumed = response.status_code == httpx.codes.PARTIAL_CONTENT
        total = _whole_size(response)
        if resumed:
            _check_continuation(response, partial, etag)
        else:
            have = 0
        if total is not None and expected_size is not None and total != expected_size:
            partial.unlink(missing_ok=True)
            raise UserError(
                f"{url}: the server has {total:,} bytes, the catalogue says {expected_size:,}; "
                "correct the catalogue if the source has a new version."
            )
        with partial.open("ab" if resumed else "wb") as file:
            if not resumed:  # only now is nothing left of another state of the file
                _remember_etag(etag, response)
            _copy(response, file, f"download {url.rpartition('/')[2]}", have, total)
    found = partial.stat().st_size
    if total is not None and found != total:
        raise InterruptedTransferError(f"cut after {found:,} of {total:,} bytes")
    if not found:
        raise InterruptedTransferError("the server sent 0 bytes")
    return total is not None or _is_chunked(response)


def _is_chunked(response: httpx.Response) -> bool:
    """Return whether a body has an end of its own; httpx raises where one is cut before it."""
    return "chunked" in response.headers.get("Transfer-Encoding", "").lower()


def _check_stream(partial: Path) -> None:
    """See whether a file of which nobody says how long it is consists of whole compressed streams.

    Raises:
        InterruptedTransferError: it does not.
    """
    if kind := compression(partial):
        try:
            for _ in decompressed(partial, max_expansion=sys.maxsize):
                pass
        except UserError:
            raise InterruptedTransferError(f"its {kind} stream is cut or damaged") from None


def _whole_size(response: httpx.Response) -> int | None:
    """Return how many bytes the file has, as the server says in either kind of answer."""
    if response.status_code != httpx.codes.PARTIAL_CONTENT:
        length = response.headers.get("Content-Length")
        return int(length) if length else None
    found = CONTENT_RANGE.fullmatch(response.headers.get("Content-Range", ""))
    return int(found[2]) if found else None


def _check_continuation(response: httpx.Response, partial: Path, etag: Path) -> None:
    """Drop the partial file unless the answer is what follows it, of the same state of the file.

    Servers and proxies that ignore If-Range send the end of a file that has changed meanwhile.
    """
    have = partial.stat().st_size if partial.exists() else 0
    found = CONTENT_RANGE.fullmatch(response.headers.get("Content-Range", ""))
    if found is None or int(found[1]) != have or not _has_etag(response, etag):
        partial.unlink(missing_ok=True)
        raise InterruptedTransferError("the server sent no continuation of what came before")


def _check_status(url: str, response: httpx.Response) -> None:
    status = response.status_code
    if status in RETRIED:
        raise InterruptedTransferError(f"status {status} {response.reason_phrase}")
    if status not in (httpx.codes.OK, httpx.codes.PARTIAL_CONTENT):
        refused = status in (httpx.codes.UNAUTHORIZED, httpx.codes.FORBIDDEN)
        remedy = REFUSED if refused else "check the address in the catalogue."
        raise UserError(
            f"{url}: the server answers {status} {response.reason_phrase}, expected the file; "
            f"{remedy}"
        )


def _accept_or_restart(response: httpx.Response, partial: Path, etag: Path) -> None:
    """Take a file that misses nothing (killed before its renaming) as complete; drop any other."""
    is_whole = response.headers.get("Content-Range") == f"bytes */{partial.stat().st_size}"
    if not is_whole or not _has_etag(response, etag):
        partial.unlink()
        raise InterruptedTransferError("the server has less of the file than came before")


def _has_etag(response: httpx.Response, etag: Path) -> bool:
    """Return whether an answer is of the state of the file that was noted, as far as it says."""
    return not etag.exists() or response.headers.get("ETag") in (None, etag.read_text())


def _etag_path(partial: Path) -> Path:
    return partial.with_name(f"{partial.name}.etag")


def _remember_etag(path: Path, response: httpx.Response) -> None:
    """Keep the strong ETag; without one, a partial file cannot be continued safely (RFC 9110)."""
    etag = response.headers.get("ETag", "")
    if etag and not etag.startswith("W/"):
        path.write_text(etag)
    else:
        path.unlink(missing_ok=True)


def _copy(
    response: httpx.Response, file: IO[bytes], what: str, have: int, total: int | None
) -> None:
    with Progress(what, total) as progress:
        progress.reach(have, 0)
        # As it comes, not in blocks of a size: what came before a cut must be kept.
        for block in response.iter_raw():
            file.write(block)
            progress.update(len(block))
        file.flush()
        os.fsync(file.fileno())


def _verify(
    url: str, partial: Path, expected_sha256: str | None, expected_size: int | None
) -> None:
    size = partial.stat().st_size
    if expected_size is not None and size != expected_size:
        partial.unlink()
        raise UserError(
            f"{url}: {size:,} bytes came, the catalogue says {expected_size:,}; deleted; correct "
            "the catalogue if the source has a new version."
        )
    if expected_sha256 and (found := sha256(partial)) != expected_sha256:
        partial.unlink()
        raise UserError(
            f"{url}: its SHA-256 is {found}, the catalogue says {expected_sha256}; deleted; "
            "correct the catalogue if the source has a new version."
        )
