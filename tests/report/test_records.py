from pathlib import Path

import pytest

from gpt2ro.errors import UserError
from gpt2ro.report.records import Record, read_record


def test_a_missing_key_is_named_with_its_file() -> None:
    with pytest.raises(UserError, match=r"metrics.json: no key steps; expected a whole number"):
        Record({}, "metrics.json").integer("steps")


@pytest.mark.parametrize("value", [1.5, True, "3", None, [3]], ids=repr)
def test_a_whole_number_is_nothing_else(value: object) -> None:
    with pytest.raises(UserError, match=r"m.json: steps is .*; expected a whole number"):
        Record({"steps": value}, "m.json").integer("steps")


@pytest.mark.parametrize("value", [float("nan"), float("inf"), False, "1", None], ids=repr)
def test_a_number_that_is_not_finite_is_no_number(value: object) -> None:
    record = Record({"loss": value}, "m.json")
    assert record.finite("loss") is None
    with pytest.raises(UserError, match=r"m.json: loss is .*; expected a finite number"):
        record.number("loss")


def test_the_entry_of_a_list_is_named_by_its_number() -> None:
    with pytest.raises(UserError, match=r"m.json: curve\[1\] is 7; expected an object"):
        Record({"curve": [{}, 7]}, "m.json").records("curve")


@pytest.mark.parametrize("reader", ["record", "records", "text"])
def test_the_wrong_kind_of_value_is_an_error(reader: str) -> None:
    with pytest.raises(UserError, match=r"m.json: key is 4; expected a"):
        getattr(Record({"key": 4}, "m.json"), reader)("key")


def test_a_long_value_is_cut_in_the_error() -> None:
    with pytest.raises(UserError) as caught:
        Record({"key": "x" * 10_000}, "m.json").integer("key")
    assert len(str(caught.value)) < 200


def test_scalars_leave_out_lists_and_inner_objects() -> None:
    record = Record({"steps": 3, "best": None, "test": {"loss": 1.5}, "curve": [1]}, "m.json")
    assert record.scalars() == {"steps": 3, "best": None}


def test_a_file_that_is_no_object_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "m.json").write_text("[]")
    with pytest.raises(UserError, match=r"m.json is \[\]; expected an object"):
        read_record(tmp_path / "m.json")
