"""One workspace with a complete run of the miniature, shared by the tests of the workflow."""

import shutil
import sys
from collections.abc import Iterator
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import pytest

sys.path.insert(0, str(Path(__file__).parent))
from workspace import Workspace, workspace_with_letters, write_miniature_corpus


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
def empty_workspace(letters_address: str, tmp_path_factory: pytest.TempPathFactory) -> Any:
    """Make a workspace that has not run yet, and in which nothing is built."""
    return lambda name: workspace_with_letters(tmp_path_factory.mktemp(name), letters_address)


@pytest.fixture(scope="session")
def with_extension(empty_workspace: Any) -> Workspace:
    """A workspace as set-up leaves it: its extension is the one that the tests themselves use."""
    workspace: Workspace = empty_workspace("with-extension")
    workspace.take_extension()
    shutil.rmtree(workspace.folder / "results")  # the folder of the log
    return workspace


@pytest.fixture(scope="session")
def new_workspace(with_extension: Workspace, tmp_path_factory: pytest.TempPathFactory) -> Any:
    """Make a workspace that has not run yet; none compiles the extension."""
    return lambda name: with_extension.copied(tmp_path_factory.mktemp(name) / "copy")


@pytest.fixture(scope="session")
def built(empty_workspace: Any) -> Workspace:
    """A workspace in which everything has been built once, from nothing, without interruption."""
    workspace: Workspace = empty_workspace("built")
    workspace.build()
    return workspace
