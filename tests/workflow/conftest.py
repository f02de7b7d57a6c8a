"""One workspace with a complete run of the miniature, shared by the tests of the workflow."""

import sys
from collections.abc import Iterator
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import pytest

sys.path.insert(0, str(Path(__file__).parent))
from workspace import Workspace, write_miniature_corpus


class QuietHandler(SimpleHTTPRequestHandler):
    def log_message(self, *arguments: Any) -> None:
        pass


@pytest.fixture(scope="session")
def letters_address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A loopback server of the part that is to be downloaded."""
    folder = tmp_path_factory.mktemp("served")
    write_miniature_corpus(folder / "text")
    server = ThreadingHTTPServer(
        ("127.0.0.1", 0), lambda *args: QuietHandler(*args, directory=str(folder))
    )
    Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


@pytest.fixture(scope="session")
def new_workspace(letters_address: str, tmp_path_factory: pytest.TempPathFactory) -> Any:
    """Make a workspace that has not run yet."""

    def make(name: str) -> Workspace:
        workspace = Workspace.new(tmp_path_factory.mktemp(name))
        workspace.replace("miniature/sources.yaml", "http://miniature.invalid", letters_address)
        return workspace

    return make


@pytest.fixture(scope="session")
def built(new_workspace: Any) -> Workspace:
    """A workspace in which everything has been built once, from nothing, without interruption."""
    workspace = new_workspace("built")
    workspace.build()
    return workspace
