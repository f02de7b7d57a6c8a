from pathlib import Path

import pytest

from gpt2ro.errors import UserError
from gpt2ro.yaml_file import look_at_config, read_yaml


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


@pytest.mark.parametrize(
    ("content", "told"),
    [
        ("a: 1\nb: 2\na: 3\n", "a is there twice, on lines 1 and 3; keep one."),
        ("s:\n  a: 1\n  b: {c: 1,\n  c: 2}\n", "s.b.c is there twice, on lines 3 and 4;"),
        ("l:\n- a: 1\n- b: 1\n  b: 1\n", "l.b is there twice, on lines 3 and 4;"),
        ("a: &x {b: 1}\nc: *x\na: *x\n", "a is there twice, on lines 1 and 3;"),
    ],
    ids=["at the top", "in braces", "in a list", "with names"],
)
def test_a_key_that_is_there_twice_is_told_with_both_lines(
    content: str, told: str, tmp_path: Path
) -> None:
    path = tmp_path / "c.yaml"
    path.write_text(content)
    with pytest.raises(UserError) as error:
        read_yaml(path)
    assert str(error.value).startswith(f"{path}: {told}")


def test_equal_keys_of_different_sections_are_no_fault(tmp_path: Path) -> None:
    path = tmp_path / "c.yaml"
    path.write_text("a: &x\n  k: 1\nb:\n  <<: *x\n  k: 2\nc: [*x, {k: 3}, {k: 4}]\n")
    assert read_yaml(path) == {"a": {"k": 1}, "b": {"k": 2}, "c": [{"k": 1}, {"k": 3}, {"k": 4}]}


@pytest.mark.parametrize("content", ["", "text", "- a\n- b\n", "12"])
def test_a_config_without_keys_is_told(content: str, tmp_path: Path) -> None:
    path = tmp_path / "c.yaml"
    path.write_text(content)
    with pytest.raises(UserError, match=r"c\.yaml: no keys with values; expected"):
        look_at_config(path)


def test_a_config_may_be_json_with_tabs(tmp_path: Path) -> None:
    path = tmp_path / "c.json"
    path.write_text('{\n\t"sources":\t["a\\tb"]\n}\n')
    look_at_config(path)
    assert read_yaml(path) == {"sources": ["a\tb"]}


def test_an_empty_file_is_nothing(tmp_path: Path) -> None:
    (tmp_path / "c.yaml").write_text("# a comment\n")
    assert read_yaml(tmp_path / "c.yaml") is None
