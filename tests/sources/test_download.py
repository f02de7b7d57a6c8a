"""Downloads from a real server on this machine, which misbehaves as asked."""

import bz2
import gzip
import hashlib
import json
import lzma
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import pytest
import zstandard

from gpt2ro.errors import UserError
from gpt2ro.sources.download import ATTEMPTS, download
from gpt2ro.sources.hub import fetch_weights, hub_headers

CONTENT = bytes(range(256)) * 4000  # about 1 MB
SHA256 = hashlib.sha256(CONTENT).hexdigest()

MOVED = {"/moved": "/file", "/loop": "/loop", "/elsewhere": "ftp://x.invalid/file"}


@dataclass
class Server:
    """What the server does, and what it was asked.

    Attributes:
        statuses: of the next answers; 200 when there are no more.
        cuts: after how many bytes the next bodies break off; never when there are no more.
        ranges: whether it honours Range.
        conditions: whether it honours If-Range.
        shift: by how many bytes its parts begin elsewhere than they were asked for.
        etag: of the file.
        content: of the file.
        framing: how its end is told: by "length", as a "chunked" body, or by the end of the
            connection ("close").
        requests: headers of every request.
    """

    statuses: list[int] = field(default_factory=list)
    cuts: list[int] = field(default_factory=list)
    ranges: bool = True
    conditions: bool = True
    shift: int = 0
    etag: str | None = '"one"'
    content: bytes = CONTENT
    framing: str = "length"
    requests: list[dict[str, str]] = field(default_factory=list)
    address: str = ""


@pytest.fixture
def server() -> Iterator[Server]:
    state = Server()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            state.requests.append(dict(self.headers))
            if target := MOVED.get(self.path):
                self.send_response(302)
                self.send_header("Location", target)
                self.send_header("Content-Length", "0")
                self.end_headers()
                return
            status = state.statuses.pop(0) if state.statuses else 200
            if status != 200:
                self.send_error(status)
                return
            self.answer()

        def answer(self) -> None:
            start = 0
            asked = self.headers.get("Range")
            same = self.headers.get("If-Range") == state.etag or not state.conditions
            if asked and state.ranges and same:
                start = int(asked.removeprefix("bytes=").removesuffix("-")) + state.shift
                if start >= len(state.content):
                    self.send_response(416)
                    self.send_header("Content-Range", f"bytes */{len(state.content)}")
                    self.send_header("Content-Length", "0")
                    if state.etag:
                        self.send_header("ETag", state.etag)
                    self.end_headers()
                    return
                self.send_response(206)
                self.send_header(
                    "Content-Range", f"bytes {start}-{len(state.content) - 1}/{len(state.content)}"
                )
            else:
                self.send_response(200)
            body = state.content[start:]
            if state.framing == "length":
                self.send_header("Content-Length", str(len(body)))
            elif state.framing == "chunked":
                self.send_header("Transfer-Encoding", "chunked")
                body = b"%x\r\n%b\r\n0\r\n\r\n" % (len(body), body) if body else b"0\r\n\r\n"
            if state.etag:
                self.send_header("ETag", state.etag)
            self.end_headers()
            self.wfile.write(body[: state.cuts.pop(0)] if state.cuts else body)
            self.close_connection = True

        def log_message(self, *arguments: Any) -> None:
            pass

    http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    Thread(target=http.serve_forever, daemon=True).start()
    state.address = f"http://127.0.0.1:{http.server_port}/file"
    yield state
    http.shutdown()
    http.server_close()


def fetch(server: Server, output: Path, **options: Any) -> list[float]:
    """Download without waiting; return the pauses that would have been made."""
    pauses: list[float] = []
    download(server.address, output, pause=pauses.append, **options)
    return pauses


def test_a_file_comes_whole_with_its_provenance(server: Server, tmp_path: Path) -> None:
    path = tmp_path / "raw" / "file"
    fetch(server, path, expected_sha256=SHA256, expected_size=len(CONTENT))
    assert path.read_bytes() == CONTENT
    provenance = json.loads((tmp_path / "raw" / "file.provenance.json").read_text())
    assert provenance == {"url": server.address, "sha256": SHA256, "size": len(CONTENT)}
    assert sorted(p.name for p in path.parent.iterdir()) == ["file", "file.provenance.json"]


def test_a_cut_download_goes_on_where_it_was_cut(server: Server, tmp_path: Path) -> None:
    server.cuts = [300_000, 400_000]
    assert fetch(server, tmp_path / "file") == [1.0, 2.0]
    assert (tmp_path / "file").read_bytes() == CONTENT
    assert [request.get("Range") for request in server.requests] == [
        None, "bytes=300000-", "bytes=700000-",
    ]  # fmt: skip


def test_a_server_without_ranges_is_asked_for_the_whole_file_again(
    server: Server, tmp_path: Path
) -> None:
    server.cuts, server.ranges = [300_000], False
    fetch(server, tmp_path / "file")
    assert (tmp_path / "file").read_bytes() == CONTENT


def test_a_file_that_changed_meanwhile_is_not_glued_to_its_old_beginning(
    server: Server, tmp_path: Path
) -> None:
    (tmp_path / ".file.partial").write_bytes(b"old" * 1000)
    (tmp_path / ".file.partial.etag").write_text('"old"')
    fetch(server, tmp_path / "file")
    assert (tmp_path / "file").read_bytes() == CONTENT


@pytest.mark.parametrize("have", [3000, len(CONTENT)], ids=["a part", "all"])
def test_the_end_of_a_file_that_changed_is_not_glued_to_its_old_beginning(
    server: Server, tmp_path: Path, have: int
) -> None:
    server.conditions = False
    (tmp_path / ".file.partial").write_bytes(b"o" * have)
    (tmp_path / ".file.partial.etag").write_text('"old"')
    assert fetch(server, tmp_path / "file") == [1.0]
    assert (tmp_path / "file").read_bytes() == CONTENT
    assert [request.get("Range") for request in server.requests] == [f"bytes={have}-", None]


@pytest.mark.parametrize("shift", [-1000, 1000])
def test_a_part_that_was_not_asked_for_is_not_taken(
    server: Server, tmp_path: Path, shift: int
) -> None:
    server.cuts, server.shift = [300_000], shift
    assert fetch(server, tmp_path / "file") == [1.0, 2.0]
    assert (tmp_path / "file").read_bytes() == CONTENT


def test_without_a_strong_etag_nothing_is_continued(server: Server, tmp_path: Path) -> None:
    server.cuts, server.etag = [300_000], 'W/"weak"'
    fetch(server, tmp_path / "file")
    assert all("Range" not in request for request in server.requests)
    assert (tmp_path / "file").read_bytes() == CONTENT


def test_a_busy_server_is_asked_again_with_growing_pauses(server: Server, tmp_path: Path) -> None:
    server.statuses = [503, 429, 500]
    assert fetch(server, tmp_path / "file") == [1.0, 2.0, 4.0]


@pytest.mark.parametrize("framing", ["length", "chunked", "close"])
def test_nothing_is_no_file(server: Server, tmp_path: Path, framing: str) -> None:
    server.content, server.framing = b"", framing
    with pytest.raises(UserError, match=r"/file: gave up .*\(the server sent 0 bytes\)"):
        fetch(server, tmp_path / "file")
    assert not (tmp_path / "file").exists()


def test_an_answer_without_bytes_is_asked_for_again(server: Server, tmp_path: Path) -> None:
    server.framing, server.cuts = "close", [0]
    assert fetch(server, tmp_path / "file") == [1.0]
    assert (tmp_path / "file").read_bytes() == CONTENT


@pytest.mark.parametrize("etag", ['"one"', None])
def test_a_chunked_body_that_is_cut_is_fetched_again(
    server: Server, tmp_path: Path, capfd: pytest.CaptureFixture[str], etag: str | None
) -> None:
    server.framing, server.cuts, server.etag = "chunked", [300_000, 1_000], etag
    assert fetch(server, tmp_path / "file") == [1.0, 2.0]
    assert (tmp_path / "file").read_bytes() == CONTENT
    assert "does not say how long" not in capfd.readouterr().err


def test_a_file_whose_end_nobody_tells_is_warned_of_once(
    server: Server, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    server.framing, server.statuses = "close", [503]
    fetch(server, tmp_path / "file")
    assert (tmp_path / "file").read_bytes() == CONTENT
    warning = f"gpt2ro: {server.address}: the server does not say how long the file is, so it "
    assert capfd.readouterr().err.count(warning) == 1


@pytest.mark.parametrize(
    "known", [{"expected_sha256": SHA256}, {"expected_size": len(CONTENT)}], ids=["sha256", "size"]
)
def test_a_file_of_which_the_catalogue_says_enough_needs_no_warning(
    server: Server, tmp_path: Path, capfd: pytest.CaptureFixture[str], known: dict[str, Any]
) -> None:
    server.framing = "close"
    fetch(server, tmp_path / "file", **known)
    assert "does not say how long" not in capfd.readouterr().err


@pytest.mark.parametrize(
    ("kind", "compress"),
    [
        ("gzip", gzip.compress),
        ("bzip2", bz2.compress),
        ("xz", lzma.compress),
        ("zstd", zstandard.compress),
    ],
)
def test_a_compressed_file_whose_end_nobody_tells_must_be_whole(
    server: Server, tmp_path: Path, kind: str, compress: Callable[[bytes], bytes]
) -> None:
    server.content = compress(CONTENT)
    server.framing, server.cuts, server.ranges = "close", [len(server.content) - 3], False
    assert fetch(server, tmp_path / "file") == [1.0]
    assert (tmp_path / "file").read_bytes() == server.content
    server.cuts = [len(server.content) - 3] * ATTEMPTS
    with pytest.raises(UserError, match=rf"gave up .* \(its {kind} stream is cut or damaged\)"):
        fetch(server, tmp_path / "other")
    assert not (tmp_path / "other").exists()


def test_a_server_that_has_no_range_that_nobody_asked_for_refuses(
    server: Server, tmp_path: Path
) -> None:
    server.statuses = [416]
    with pytest.raises(UserError, match="/file: the server answers 416"):
        fetch(server, tmp_path / "file")


@pytest.mark.parametrize(
    ("status", "remedy"),
    [(401, "accept them and set HF_TOKEN"), (403, "set HF_TOKEN"), (404, "check the address")],
)
def test_a_refusal_fails_at_once(server: Server, tmp_path: Path, status: int, remedy: str) -> None:
    server.statuses = [status] * 9
    with pytest.raises(UserError, match=f"/file: the server answers {status} .*{remedy}"):
        fetch(server, tmp_path / "file")
    assert len(server.requests) == 1
    assert not (tmp_path / "file").exists()


def test_a_server_that_stays_gone_is_given_up(tmp_path: Path) -> None:
    with pytest.raises(UserError, match=f"gave up after {ATTEMPTS} attempts .*run again later"):
        download("http://127.0.0.1:9/file", tmp_path / "file", pause=lambda seconds: None)
    assert not (tmp_path / "file").exists()


def test_a_download_that_is_cut_every_time_keeps_what_came(server: Server, tmp_path: Path) -> None:
    server.cuts = [1000] * ATTEMPTS
    with pytest.raises(UserError, match="what came so far is kept, so run again"):
        fetch(server, tmp_path / "file")
    assert (tmp_path / ".file.partial").stat().st_size == 6000
    assert not (tmp_path / "file").exists()


def test_another_checksum_deletes_the_file(server: Server, tmp_path: Path) -> None:
    with pytest.raises(UserError, match=f"its SHA-256 is {SHA256}, the catalogue says 0000"):
        fetch(server, tmp_path / "file", expected_sha256="0" * 64)
    assert [path for path in tmp_path.iterdir() if path.suffix != ".etag"] == []


def test_another_size_is_told_before_anything_is_fetched(server: Server, tmp_path: Path) -> None:
    with pytest.raises(UserError, match="the server has 1,024,000 bytes, the catalogue says 5;"):
        fetch(server, tmp_path / "file", expected_size=5)
    assert not (tmp_path / "file").exists()


def test_redirects_are_followed(server: Server, tmp_path: Path) -> None:
    server.address = server.address.replace("/file", "/moved")
    fetch(server, tmp_path / "file")
    assert (tmp_path / "file").read_bytes() == CONTENT


@pytest.mark.parametrize(
    ("path", "message"),
    [
        ("/loop", "cannot be fetched .*redirects.*correct the catalogue"),
        ("/elsewhere", "cannot be fetched .*protocol.*correct the catalogue"),
    ],
)
def test_an_address_that_leads_to_no_file_is_not_tried_again(
    server: Server, tmp_path: Path, path: str, message: str
) -> None:
    server.address = server.address.replace("/file", path)
    pauses: list[float] = []
    with pytest.raises(UserError, match=f"{path}: {message}"):
        download(server.address, tmp_path / "file", pause=pauses.append)
    assert pauses == []


def test_an_address_that_is_none_is_told(tmp_path: Path) -> None:
    with pytest.raises(UserError, match=r"http://x:none/: cannot be fetched \(Invalid port"):
        download("http://x:none/", tmp_path / "file", pause=lambda seconds: None)


def test_only_http_addresses_are_fetched(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="not an http or https address"):
        download("file:///etc/passwd", tmp_path / "file")


def test_a_gated_data_set_without_a_token_names_page_and_variable(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.delenv("HF_TOKEN", raising=False)
    with pytest.raises(UserError) as error:
        hub_headers("oscar-corpus/OSCAR-2301", gated=True)
    assert "https://huggingface.co/datasets/oscar-corpus/OSCAR-2301" in str(error.value)
    assert "set HF_TOKEN" in str(error.value)


def test_a_token_is_sent_when_there_is_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HF_TOKEN", "secret")
    assert hub_headers("a/b", gated=True) == {"Authorization": "Bearer secret"}


def test_the_line_end_of_a_file_is_no_part_of_a_token(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HF_TOKEN", "secret\n")
    assert hub_headers("a/b", gated=True) == {"Authorization": "Bearer secret"}


@pytest.mark.parametrize("token", ["secreț", "two words", "a\nb"])
def test_a_token_that_cannot_be_one_is_told_but_not_shown(
    monkeypatch: pytest.MonkeyPatch, token: str
) -> None:
    monkeypatch.setenv("HF_TOKEN", token)
    with pytest.raises(
        UserError, match="a/b: HF_TOKEN has blanks or letters that no token"
    ) as error:
        hub_headers("a/b", gated=False)
    assert token not in str(error.value)


def test_weights_of_a_local_folder_are_copied_and_pickled_ones_are_not(tmp_path: Path) -> None:
    model = tmp_path / "model"
    model.mkdir()
    (model / "config.json").write_text("{}")
    (model / "pytorch_model.bin").write_bytes(b"pickle")
    with pytest.raises(UserError, match=r"model\.safetensors: not found.*\.bin, are not read"):
        fetch_weights(str(model), "main", tmp_path / "out")
    for name in ("model.safetensors", "tokenizer.json"):
        (model / name).write_text(name)
    fetch_weights(str(model), "main", tmp_path / "out")
    names = sorted(path.name for path in (tmp_path / "out").iterdir())
    assert names == ["config.json", "model.safetensors", "tokenizer.json"]


def test_a_complete_file_whose_process_was_killed_before_the_renaming_is_taken(
    server: Server, tmp_path: Path
) -> None:
    (tmp_path / ".f.partial").write_bytes(CONTENT)
    (tmp_path / ".f.partial.etag").write_text('"one"')
    download(server.address, tmp_path / "f", pause=lambda seconds: None)
    assert (tmp_path / "f").read_bytes() == CONTENT


def test_a_full_disk_is_told_in_one_line(server: Server, tmp_path: Path) -> None:
    (tmp_path / ".f.partial").symlink_to("/dev/full")
    with pytest.raises(UserError, match=r"cannot be written.*No space left.*free some space"):
        download(server.address, tmp_path / "f", pause=lambda seconds: None)


def test_initial_weights_of_a_folder_are_held_against_their_checksum(tmp_path) -> None:
    model, output = tmp_path / "model", tmp_path / "out"
    model.mkdir()
    for name in ("config.json", "model.safetensors", "tokenizer.json"):
        (model / name).write_text(name)
    right = hashlib.sha256(b"model.safetensors").hexdigest()
    fetch_weights(str(model), "main", output, {"model.safetensors": right})
    (output / "model.safetensors").unlink()
    (model / "model.safetensors").write_text("others")
    with pytest.raises(UserError, match=f"model.safetensors: its SHA-256 is .*, expected {right}"):
        fetch_weights(str(model), "main", output, {"model.safetensors": right})
    assert not (output / "model.safetensors").exists()


def test_a_checksum_of_no_file_is_told(tmp_path) -> None:
    with pytest.raises(UserError, match=r"initial_sha256: weights\.bin is none of the files"):
        fetch_weights(str(tmp_path), "main", tmp_path / "out", {"weights.bin": "0" * 64})


def test_a_tokenizer_is_fetched_without_weights(tmp_path: Path) -> None:
    (tmp_path / "tokenizer.json").write_text("{}")
    script = Path(__file__).parents[2] / "workflow" / "scripts" / "pretrained.py"
    command = [sys.executable, str(script), "--model", str(tmp_path), "--tokenizer-only"]
    subprocess.run([*command, "--output", str(tmp_path / "out")], check=True)
    assert [path.name for path in (tmp_path / "out").iterdir()] == ["tokenizer.json"]
