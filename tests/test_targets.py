"""What is told of a name that is neither a step nor a file of the workflow."""

from pathlib import Path

import pytest

from gpt2ro.errors import UserError
from gpt2ro.targets import check_names, check_not_of_parts

STEPS = ["train", "corpus", "samples"]
FILES = ["results/samples.txt", "results/cleaned/tales/animals.txt.jsonl.zst"]
NEITHER = '"{}" is neither a step of the workflow nor a file that one writes; '


def told_of(name: str) -> str:
    with pytest.raises(UserError) as error:
        check_names([name], STEPS, FILES)
    told = str(error.value)
    assert told.startswith(NEITHER.format(name))
    return told.removeprefix(NEITHER.format(name))


def test_steps_and_their_files_are_let_pass() -> None:
    check_names([*STEPS, *FILES], STEPS, FILES)


@pytest.mark.parametrize(
    ("name", "meant"),
    [
        ("trian", "train"),
        ("results/sampels.txt", "results/samples.txt"),
        ("results/cleaned/tales/animal.txt.jsonl.zst", FILES[1]),
        ("./results/samples.txt", "results/samples.txt"),
        (str(Path("results/samples.txt").absolute()), "results/samples.txt"),
    ],
)
def test_the_nearest_name_is_told(name: str, meant: str) -> None:
    assert told_of(name) == f'did you mean "{meant}"?'


@pytest.mark.parametrize("name", ["zzz", "zzz/zzz", "<b>&\n", "z" * 100_000])
def test_where_none_is_near_the_steps_are_told_and_not_every_file(name: str) -> None:
    assert told_of(name) == "valid: corpus, samples, train."


def test_a_config_among_the_targets_is_told_its_flag(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("full.yaml").write_text("")
    assert told_of("full.yaml") == "a config is named with --configfile full.yaml."
    assert told_of("none.yaml") == "valid: corpus, samples, train."
    assert told_of("corpus=/x y") == "a value of the config is set with --config 'corpus=/x y'."


def test_a_step_of_each_part_is_told_how_it_is_asked_for() -> None:
    check_not_of_parts(["train", FILES[1]], {"clean": FILES[1]})
    with pytest.raises(
        UserError, match=f"for all .* --until clean, for one a file of it: {FILES[1]}$"
    ):
        check_not_of_parts(["train", "clean"], {"clean": FILES[1]})
