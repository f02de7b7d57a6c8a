"""Prompts are read in Python as the binary reads them."""

from pathlib import Path

import pytest

from gpt2ro.errors import UserError
from gpt2ro.prompts import read_prompts


def test_prompts_are_cut_where_the_binary_cuts_them(tmp_path: Path) -> None:
    path = tmp_path / "prompts.txt"
    path.write_bytes("\ufeffBună ziua\r\n \nunu\u2028doi\x0btrei".encode())
    assert read_prompts(path) == ["Bună ziua", "unu\u2028doi\x0btrei"]


def test_prompts_that_cannot_be_read_are_told(tmp_path: Path) -> None:
    with pytest.raises(UserError, match=r"prompts\.txt: no such file"):
        read_prompts(tmp_path / "prompts.txt")
    (tmp_path / "prompts.txt").write_text("\n  \r\n")
    with pytest.raises(UserError, match=r"prompts\.txt: no prompt in it; write one a line"):
        read_prompts(tmp_path / "prompts.txt")
    (tmp_path / "prompts.txt").write_bytes("Bună".encode("cp1250"))
    with pytest.raises(UserError, match=r"prompts\.txt: not UTF-8 at byte 3; save it as UTF-8"):
        read_prompts(tmp_path / "prompts.txt")
