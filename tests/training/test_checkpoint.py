"""What becomes of a run whose checkpoints are damaged."""

import json
import shutil
from collections import Counter
from pathlib import Path

import pytest
from tensorboard.backend.event_processing.event_accumulator import EventAccumulator
from world import World, make_world

from gpt2ro.errors import UserError
from gpt2ro.training import checkpoint_files, loop, reporting
from gpt2ro.training.config import load_experiment
from gpt2ro.training.evaluation import evaluate
from gpt2ro.training.run import train

# Evaluations at 6, 12, 18 and 24, checkpoints every 4 steps; each evaluation is the best so far.
OPTIONS = ("CHECKPOINT.KEEP", "3")


def run(world: World) -> dict[str, bytes]:
    """Train, and return the outputs."""
    train(load_experiment(world.experiment, list(OPTIONS)), world.paths, threads=1)
    return world.outputs()


@pytest.fixture(scope="module")
def finished(tmp_path_factory) -> World:
    """A training at its end; tests damage copies of it."""
    world = make_world(tmp_path_factory.mktemp("finished"))
    run(world)
    return world


@pytest.fixture
def world(finished: World, tmp_path: Path) -> World:
    return finished.copied_to(tmp_path / "copy")


def names(world: World, kind: str) -> list[str]:
    return sorted(path.name for path in world.checkpoints.glob(f"{kind}-*"))


def damage(world: World, name: str) -> None:
    (world.checkpoints / name / "model.safetensors").write_bytes(b"damaged")


def test_damaged_best_parameters_are_made_again_from_an_older_checkpoint(
    world: World, finished: World, capsys
) -> None:
    assert names(world, "best") == ["best-00000012", "best-00000018", "best-00000024"]
    damage(world, "best-00000024")
    assert run(world) == finished.outputs()
    assert (
        "step-00000024: best-00000024, the best parameters it knows, is damaged (model.safetensors "
        "is missing or damaged); using an older one" in capsys.readouterr().err
    )


def test_missing_best_parameters_are_made_again_too(world: World, finished: World, capsys) -> None:
    expected = finished.outputs()
    shutil.rmtree(world.checkpoints / "best-00000024")
    shutil.rmtree(world.checkpoints / "best-00000018")
    assert run(world) == expected
    valid = json.loads(expected["metrics.json"])["curve"][1]["valid_bits_per_byte"]
    continued = f"continuing from step 16, valid {valid:.3f} bits/byte\n"
    assert continued in capsys.readouterr().err


def test_a_damaged_checkpoint_is_removed_and_does_not_count_as_kept(world: World, capsys) -> None:
    damage(world, "step-00000020")
    run(world)
    assert (
        "step-00000020: model.safetensors is missing or damaged; removed, as a newer one is whole\n"
        in capsys.readouterr().err
    )
    assert names(world, "step") == ["step-00000016", "step-00000024"]


def test_every_file_is_read_once_to_see_whether_it_is_whole(world: World, monkeypatch) -> None:
    # The three checkpoints that are kept name two best parameters, the first two the same.
    read, original = [], checkpoint_files.sha256
    monkeypatch.setattr(
        checkpoint_files, "sha256", lambda path: read.append(path) or original(path)
    )
    run(world)
    folders = [*world.checkpoints.glob("step-*"), *world.checkpoints.glob("best-*")]
    expected = [
        one for folder in folders for one in folder.iterdir() if one.name != "manifest.json"
    ]
    assert {path.parent for path in read} == set(folders)
    counts = Counter(read)
    exported = world.checkpoints / "best-00000024" / "model.safetensors"
    counts[exported] -= 1  # it is read again when it is exported
    counts[exported.with_name("state.json")] -= 1
    assert counts == Counter(expected)


def test_a_run_without_any_whole_checkpoint_asks_what_to_do_and_deletes_nothing(
    world: World,
) -> None:
    before = names(world, "step")
    for name in names(world, "best"):
        damage(world, name)
    expected = (
        "step-00000024: best-00000024, .* and no older checkpoint is whole; put the files back "
        "from a copy, or delete .*checkpoints to train from the beginning"
    )
    with pytest.raises(UserError, match=expected):
        run(world)
    assert names(world, "step") == before


def test_curves_hide_what_came_after_the_checkpoint_that_a_run_continued_from(
    tmp_path: Path, monkeypatch
) -> None:
    monkeypatch.setattr(reporting, "INTERVAL", 0.0)
    world = make_world(tmp_path)
    run(world)
    shutil.rmtree(world.checkpoints / "step-00000024")
    shutil.rmtree(world.checkpoints / "step-00000020")
    run(world)
    (board,) = world.paths.runs.glob("*/tensorboard")
    events = EventAccumulator(str(board), {"scalars": 0}).Reload()
    for name in ("train/loss", "train/bits_per_byte", "train/memory_gb"):
        assert [event.step for event in events.Scalars(name)] == list(range(1, 25))
    assert [event.step for event in events.Scalars("valid/bits_per_byte")] == [6, 12, 18, 24]


def test_what_a_killed_run_left_unfinished_is_removed(world: World, finished: World) -> None:
    for name in (".step-00000021.partial", ".best-00000018.outdated"):
        (world.checkpoints / name).mkdir()
    assert run(world) == finished.outputs()
    assert not list(world.checkpoints.glob(".*"))


def test_a_checkpoint_is_written_over_one_of_its_name(tmp_path: Path) -> None:
    folder = tmp_path / "step-00000004"
    for step in (1, 2):
        checkpoint_files.write_folder(folder, {}, {"step": step})
    assert json.loads((folder / "state.json").read_text()) == {"step": 2}
    assert [path.name for path in tmp_path.iterdir()] == [folder.name]


def test_killed_between_the_two_names_of_a_checkpoint_the_old_one_is_continued(
    world: World, finished: World, capsys
) -> None:
    for folder in world.checkpoints.glob("step-*"):
        folder.rename(folder.with_name(f".{folder.name}.outdated"))
    assert run(world) == finished.outputs()
    assert "continuing from step 24" in capsys.readouterr().err
    assert not list(world.checkpoints.glob(".*"))


def test_a_run_that_continues_holds_no_checkpoint_open(world: World) -> None:
    # A removed checkpoint that is still mapped takes its space on the disk; NFS keeps its folder.
    maps = Path("/proc/self/maps")
    shutil.rmtree(world.checkpoints / "step-00000024")
    mapped = []

    def evaluated(*arguments, **values):
        mapped.extend(line for line in maps.read_text().splitlines() if "checkpoints" in line)
        return evaluate(*arguments, **values)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(loop, "evaluate", evaluated)
        run(world)
    assert not mapped
