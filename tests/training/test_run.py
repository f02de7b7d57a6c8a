"""A whole training: what it learns, what it writes, and the faults it names."""

import json
import re
from dataclasses import replace
from pathlib import Path

import pytest
import torch
from transformers import AutoModelForCausalLM, AutoTokenizer

from gpt2ro.errors import UserError
from gpt2ro.files import sha256
from gpt2ro.training.config import load_experiment
from gpt2ro.training.devices import slow_precision
from gpt2ro.training.run import train


def run(world, *overrides: str, **paths) -> dict:
    config = load_experiment(world.experiment, list(overrides))
    train(config, replace(world.paths, **paths), threads=1)
    return json.loads(world.paths.metrics.read_text())


def test_learns_what_it_is_shown(world) -> None:
    metrics = run(world, "SCHEDULE.STEPS", "200", "EVALUATION.EVERY", "20")
    curve = metrics["curve"]
    assert curve[-1]["valid_bits_per_byte"] < 0.6 * curve[0]["valid_bits_per_byte"]
    assert metrics["test"]["bits_per_byte"] < 1.5


def test_the_model_folder_opens_in_transformers_with_a_tied_head(world) -> None:
    metrics = run(world)
    model = AutoModelForCausalLM.from_pretrained(world.paths.model)
    tokenizer = AutoTokenizer.from_pretrained(world.paths.model)
    assert model.lm_head.weight is model.transformer.wte.weight
    assert model.config.eos_token_id == tokenizer.convert_tokens_to_ids("<|endoftext|>") == 299
    assert sum(p.numel() for p in model.parameters()) == metrics["parameters"]


def test_the_tokenizer_beside_the_model_knows_how_long_a_text_may_be(world) -> None:
    run(world)
    assert AutoTokenizer.from_pretrained(world.paths.model).model_max_length == 32


def test_the_best_checkpoint_by_validation_is_the_one_exported(world) -> None:
    # A learning rate this high makes the end worse than the beginning.
    metrics = run(world, "OPTIMIZER.LEARNING_RATE", "3.0", "OPTIMIZER.MIN_LEARNING_RATE", "3.0")
    best = min(metrics["curve"], key=lambda entry: entry["valid_bits_per_byte"])
    assert metrics["best_step"] == best["step"]
    assert metrics["valid"]["bits_per_byte"] == pytest.approx(best["valid_bits_per_byte"], abs=1e-4)


def test_patience_ends_a_training_that_no_longer_improves(world, capsys) -> None:
    metrics = run(
        world, "SCHEDULE.STEPS", "200", "EVALUATION.EVERY", "2", "EVALUATION.PATIENCE", "2",
        "OPTIMIZER.LEARNING_RATE", "3.0", "OPTIMIZER.MIN_LEARNING_RATE", "3.0",
    )  # fmt: skip
    assert metrics["steps"] < 200
    assert (
        f"step {metrics['steps']}, ends early: no evaluation since step {metrics['best_step']} was "
        "better, and EVALUATION.PATIENCE is 2\n" in capsys.readouterr().err
    )


def test_the_last_line_tells_what_was_kept_and_how_good_it_is(world, capsys) -> None:
    metrics = run(world)
    valid, test = (metrics[split]["bits_per_byte"] for split in ("valid", "test"))
    assert capsys.readouterr().err.splitlines()[-1] == (
        f"training: 24 steps done; the best weights are those of step {metrics['best_step']}: "
        f"valid {valid:.3f}, test {test:.3f} bits/byte; the model is in {world.paths.model}"
    )


def test_accumulation_gives_the_step_of_one_large_batch(world, make_other) -> None:
    other = make_other("other")
    options = ("MODEL.DROPOUT", "0", "SCHEDULE.STEPS", "6")
    one = run(world, *options, "BATCH.MICRO", "4")
    two = run(other, *options, "BATCH.MICRO", "1")
    assert one["curve"][-1]["train_loss"] == pytest.approx(two["curve"][-1]["train_loss"], abs=1e-5)


def test_given_weights_get_the_new_vocabulary_and_keep_the_rest(world, make_other) -> None:
    run(world)
    other = make_other("other")
    metrics = run(other, pretrained=world.paths.model)
    # The vocabulary is the same, so every row is copied and training goes on where it was.
    assert metrics["curve"][0]["train_loss"] < 4.0


def test_bfloat16_trains_too_and_is_told_where_it_is_slow(world, capsys) -> None:
    metrics = run(world, "PRECISION", "bfloat16")
    slow = slow_precision("bfloat16", torch.device("cpu"))
    assert ("PRECISION is bfloat16" in capsys.readouterr().err) is bool(slow)
    curve = metrics["curve"]
    assert curve[-1]["valid_bits_per_byte"] < curve[0]["valid_bits_per_byte"]


def test_the_plan_is_told_with_what_looks_like_a_mistake(world, capsys) -> None:
    run(world, "SCHEDULE.STEPS", "8")
    stderr = capsys.readouterr().err
    size = (
        r"training: 36,\d\d\d parameters, random weights; 2,270 tokens, read 0.23 times in 8 steps"
    )
    assert re.search(size, stderr)
    assert "UNFREEZING" not in stderr
    assert "SCHEDULE.WARMUP" not in stderr
    unfreezing = ("UNTIL", "[6]", "BLOCKS", "[0]", "LEARNING_RATES", "[0.01]")
    words = [word if n % 2 else f"UNFREEZING.{word}" for n, word in enumerate(unfreezing)]
    run(world, "SCHEDULE.STEPS", "8", *words)
    stderr = capsys.readouterr().err
    assert "UNFREEZING keeps blocks as they are, and theirs are random" in stderr
    assert "SCHEDULE.WARMUP is 4, and the stage from step 6 ends at step 8" in stderr


def test_float16_without_a_gpu_is_told(world) -> None:
    with pytest.raises(UserError, match="PRECISION is float16, which needs a GPU"):
        run(world, "PRECISION", "float16", "DEVICE", "cpu")


@pytest.mark.skipif(torch.cuda.is_available(), reason="needs a machine without GPU")
def test_a_gpu_that_is_not_there_is_told(world) -> None:
    with pytest.raises(UserError, match="DEVICE is cuda, and PyTorch finds no GPU; set DEVICE"):
        run(world, "DEVICE", "cuda")


def test_a_corpus_smaller_than_one_context_is_told(world) -> None:
    options = ("MODEL.CONTEXT", "4096", "BATCH.CONTEXT", "4096", "BATCH.TOKENS", "8192")
    with pytest.raises(UserError, match=r"tokens, and one context needs 4,097; add text, or lower"):
        run(world, *options)


def test_tokens_of_another_tokenizer_are_told(world) -> None:
    path = world.paths.tokenizer / "tokenizer.json"
    path.write_text(path.read_text() + " ")
    with pytest.raises(UserError, match="run the step encode again"):
        run(world)
    assert not world.paths.model.exists()


def empty(folder: Path) -> None:
    """Leave no tokens in the shards of a split."""
    for path in folder.rglob("*.bin"):
        facts = json.loads(path.with_suffix(".json").read_text())
        path.write_bytes(b"")
        facts |= {"tokens": 0, "documents": 0, "bytes": 0, "sha256": sha256(path)}
        path.with_suffix(".json").write_text(json.dumps(facts))


def test_a_training_split_without_tokens_is_told(world) -> None:
    empty(world.paths.tokens / "train")
    with pytest.raises(UserError, match=r"tokens/train: 0 tokens, and one context needs 17; add"):
        run(world)
    assert not world.paths.runs.exists()


def test_a_validation_split_without_tokens_is_told(world) -> None:
    empty(world.paths.tokens / "valid")
    with pytest.raises(UserError, match=r"valid: no tokens in 2 shards; raise split\.valid"):
        run(world)


def test_initial_weights_that_are_not_there_are_told(world, tmp_path) -> None:
    with pytest.raises(UserError, match="nowhere: no such folder; run the step pretrained"):
        run(world, pretrained=tmp_path / "nowhere")


def test_an_output_that_cannot_be_written_is_told_before_the_training(world) -> None:
    (world.folder / "file").write_text("where a folder should be")
    for place in ({"model": "file"}, {"metrics": "file/a/m.json"}, {"runs": "file/runs"}):
        with pytest.raises(UserError, match="file is no folder that can be written"):
            run(world, **{name: world.folder / path for name, path in place.items()})
    with pytest.raises(UserError, match=r": a folder; name a file such as metrics\.json in it"):
        run(world, metrics=world.folder)
    assert not world.paths.runs.exists()


def test_no_threads_are_refused(world) -> None:
    with pytest.raises(UserError, match="--threads: 0 is too small; set 1 or more"):
        train(load_experiment(world.experiment, []), world.paths, threads=0)


def test_pickled_weights_are_refused(world, tmp_path) -> None:
    folder = tmp_path / "pickled"
    folder.mkdir()
    (folder / "config.json").write_text("{}")
    (folder / "pytorch_model.bin").write_bytes(b"\x80\x02}q\x00.")
    with pytest.raises(UserError, match=r"model\.safetensors: not found.*\.bin, are not read"):
        run(world, pretrained=folder)


def test_without_a_test_split_the_rest_is_measured(world) -> None:
    for path in world.paths.tokens.glob("test/*/*.json"):
        facts = json.loads(path.read_text())
        path.with_suffix(".bin").write_bytes(b"")
        empty = {"documents": 0, "tokens": 0, "bytes": 0, "words": 0}
        path.write_text(json.dumps(facts | empty | {"sha256": sha256(path.with_suffix(".bin"))}))
    metrics = run(world)
    assert metrics["test"] is None
    assert metrics["valid"]["bits_per_byte"] > 0
