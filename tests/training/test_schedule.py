"""The course of a training: stages, warm-ups, and how the learning rate falls."""

import math
from itertools import pairwise

import pytest
import torch
from transformers import GPT2Config, GPT2LMHeadModel
from yacs.config import CfgNode

from gpt2ro.errors import UserError
from gpt2ro.training.config import defaults
from gpt2ro.training.schedule import learning_rate, stage_at, stages, unreached_rate
from gpt2ro.training.unfreezing import check_blocks, set_trained


def schedule(**values: object) -> CfgNode:
    """A training of 110 steps, 10 of them warm-up, from a rate of 1 to one of 0.1."""
    config = defaults()
    config.SCHEDULE.STEPS, config.SCHEDULE.WARMUP = 110, 10
    config.OPTIMIZER.LEARNING_RATE, config.OPTIMIZER.MIN_LEARNING_RATE = 1.0, 0.1
    for key, value in values.items():
        config.SCHEDULE[key] = value
    return config


def unfreezing(**values: object) -> CfgNode:
    """The same in three stages."""
    config = schedule(**values)
    config.UNFREEZING.UNTIL = (20, 40)
    config.UNFREEZING.BLOCKS = (0, 1)
    config.UNFREEZING.LEARNING_RATES = (0.5, 0.25)
    return config


def test_the_rate_warms_up_then_falls_as_a_cosine() -> None:
    config = schedule()
    assert learning_rate(0, config) == pytest.approx(0.1)
    assert learning_rate(9, config) == learning_rate(10, config) == pytest.approx(1.0)
    assert learning_rate(60, config) == pytest.approx(0.55)
    assert learning_rate(110, config) == pytest.approx(0.1)


def test_the_rate_of_wsd_stays_until_the_cooldown_and_then_falls_fast_at_first() -> None:
    config = schedule(NAME="wsd", COOLDOWN=0.2)
    assert learning_rate(0, config) == pytest.approx(0.1)
    assert {learning_rate(step, config) for step in range(9, 89)} == {1.0}
    cooldown = [learning_rate(step, config) for step in range(88, 111)]
    falls = [before - after for before, after in pairwise(cooldown)]
    assert falls == sorted(falls, reverse=True)
    assert cooldown[11] == pytest.approx(0.1 + 0.9 * (1 - math.sqrt(0.5)))
    assert cooldown[-1] == pytest.approx(0.1)


@pytest.mark.parametrize("warmup", [10, 55, 109, 110, 200])
def test_a_cooldown_of_all_steps_begins_where_the_warm_up_ends(warmup: int) -> None:
    config = schedule(NAME="wsd", COOLDOWN=1.0, WARMUP=warmup)
    rates = [learning_rate(step, config) for step in range(110)]
    assert rates[:warmup] == [(step + 1) / warmup for step in range(min(warmup, 110))]
    if warmup < 110:
        assert rates[warmup] == 1.0
        assert rates[warmup:] == sorted(rates[warmup:], reverse=True)


@pytest.mark.parametrize("name", ["cosine", "wsd"])
def test_every_stage_is_warmed_up_to_its_own_rate(name: str) -> None:
    config = unfreezing(NAME=name)
    for start, peak in ((0, 0.5), (20, 0.25), (40, 1.0)):
        assert learning_rate(start, config) == pytest.approx(peak / 10)
        assert learning_rate(start + 9, config) == pytest.approx(peak)
    assert learning_rate(19, config) == 0.5
    assert learning_rate(39, config) == 0.25
    assert learning_rate(110, config) == pytest.approx(0.1)


def test_a_stage_ends_where_the_next_begins_and_the_last_has_everything() -> None:
    found = stages(unfreezing())
    assert [(stage.start, stage.end, stage.blocks) for stage in found] == [
        (0, 20, 0), (20, 40, 1), (40, 110, None),
    ]  # fmt: skip
    assert stage_at(19, unfreezing()) == found[0]
    assert stage_at(20, unfreezing()) == found[1]
    assert stage_at(110, unfreezing()) == found[2]


def tiny() -> GPT2LMHeadModel:
    return GPT2LMHeadModel(
        GPT2Config(vocab_size=50, n_positions=16, n_embd=16, n_layer=11, n_head=2)
    )


def trained(model: GPT2LMHeadModel, step: int) -> set[str]:
    config = unfreezing()
    config.UNFREEZING.BLOCKS = (0, 9)
    set_trained(model, stage_at(step, config))
    return {name for name, p in model.named_parameters() if p.requires_grad}


def test_blocks_are_freed_from_the_top_and_position_embeddings_at_last() -> None:
    model = tiny()
    everything = {name for name, _ in model.named_parameters()}
    outer = {"transformer.wte.weight", "transformer.ln_f.weight", "transformer.ln_f.bias"}
    low = {name for name in everything if ".h.0." in name or ".h.1." in name}
    assert trained(model, 0) == outer
    assert trained(model, 20) == everything - low - {"transformer.wpe.weight"}
    assert trained(model, 40) == everything
    # As after a rollback.
    assert trained(model, 19) == outer


def test_more_blocks_than_the_model_has_are_told() -> None:
    config = unfreezing()
    config.UNFREEZING.BLOCKS = (0, 12)
    with pytest.raises(UserError, match=r"UNFREEZING\.BLOCKS holds 12, and the model has 11 bl"):
        check_blocks(tiny(), stages(config))


def test_a_frozen_parameter_gets_no_gradient() -> None:
    model = tiny()
    names = trained(model, 20)
    ids = torch.zeros((1, 4), dtype=torch.int64)
    model(input_ids=ids, labels=ids).loss.backward()
    assert {name for name, p in model.named_parameters() if p.grad is not None} == names


def test_a_stage_that_ends_before_its_warm_up_is_told() -> None:
    config = defaults()
    config.SCHEDULE.STEPS, config.SCHEDULE.WARMUP = 1000, 50
    assert unreached_rate(config) is None
    config.UNFREEZING.UNTIL, config.UNFREEZING.BLOCKS = (980,), (0,)
    config.UNFREEZING.LEARNING_RATES = (0.5,)
    assert unreached_rate(config) == (
        "SCHEDULE.WARMUP is 50, and the stage from step 980 ends at step 1,000: the rate does not "
        "reach 0.0003"
    )
