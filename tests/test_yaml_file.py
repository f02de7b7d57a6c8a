from pathlib import Path

import pytest

from gpt2ro.errors import UserError
from gpt2ro.yaml_file import read_yaml


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"a: 1\nb: [1\n", ", line 3: not YAML (did not find expected ',' or ']'); mend it"),
        (b"a:\n\t- 1\n", ", line 2: not YAML (found character that cannot start any token)"),
        (b"a: \xff\n", ": not YAML ('utf-8' codec can't decode byte 0xff"),
    ],
    ids=["no bracket", "a tab", "no UTF-8"],
)
def test_a_file_that_is_no_yaml_is_told_in_one_line(
    content: bytes, told: str, tmp_path: Path
) -> None:
    path = tmp_path / "c.yaml"
    path.write_bytes(content)
    with pytest.raises(UserError) as error:
        read_yaml(path)
    assert str(error.value).startswith(f"{path}{told}")
    assert "\n" not in str(error.value)


def test_a_file_that_cannot_be_read_is_told(tmp_path: Path) -> None:
    with pytest.raises(UserError, match=r"none\.yaml: not found; check the name"):
        read_yaml(tmp_path / "none.yaml")
    with pytest.raises(UserError, match="is a directory; name a YAML file"):
        read_yaml(tmp_path)


def test_an_empty_file_is_nothing(tmp_path: Path) -> None:
    (tmp_path / "c.yaml").write_text("# a comment\n")
    assert read_yaml(tmp_path / "c.yaml") is None
