"""What the divergence guard lets pass, skips and gives up on; no model is needed for that."""

import json
import math
import random
from dataclasses import asdict

import pytest

from gpt2ro.errors import UserError
from gpt2ro.training.config import defaults
from gpt2ro.training.guard import Action, Guard, GuardState, robust_score

SPIKE = (9.0, 1.0)  # loss and norm, where calm steps have 4 and 1
ACCEPT, SKIP, ROLL_BACK = Action.ACCEPT, Action.SKIP, Action.ROLL_BACK


def make(**values: float) -> Guard:
    settings = defaults().GUARD
    for key, value in values.items():
        settings[key] = value
    return Guard(settings)


def calm(**values: float) -> Guard:
    """Return a guard that has seen a window of ordinary steps."""
    guard, noise = make(**values), random.Random(1)
    for _ in range(guard._settings.WINDOW):
        assert guard.judge(noise.gauss(4, 0.1), math.exp(noise.gauss(0, 0.1))).action is ACCEPT
    return guard


def test_a_spike_of_the_loss_is_skipped_and_told_in_figures() -> None:
    verdict = calm().judge(*SPIKE)
    assert verdict.action is SKIP
    assert verdict.reason.startswith("the loss is 9.000, ")
    assert verdict.reason.endswith("deviations over the median of 128 steps, allowed 10")


def test_a_spike_of_the_gradient_norm_is_skipped() -> None:
    verdict = calm().judge(4.0, 30.0)
    assert verdict.action is SKIP
    assert verdict.reason.startswith("the gradient norm is 30, ")


@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf])
def test_what_is_not_finite_is_skipped_from_the_first_step(value: float) -> None:
    assert make().judge(value, 1.0).reason == f"the loss is {value}"
    assert make().judge(4.0, value).reason == f"the gradient norm is {value}"


def test_a_skipped_step_leaves_no_trace_in_the_window() -> None:
    guard = calm()
    before = list(guard.state.losses), list(guard.state.log_norms)
    guard.judge(math.nan, 1.0)
    guard.judge(*SPIKE)
    assert (guard.state.losses, guard.state.log_norms) == before
    assert guard.judge(4.0, 1.0).action is ACCEPT


def test_no_spike_is_told_until_half_a_window_is_known() -> None:
    guard = make(WINDOW=8)
    for _ in range(3):
        guard.judge(4.0, 1.0)
    assert guard.judge(5.0, 1.0).action is ACCEPT
    assert guard.judge(*SPIKE).action is SKIP


@pytest.mark.parametrize("slope", [0.01, -0.01])
def test_a_slow_drift_is_accepted_however_far_it_goes(slope: float) -> None:
    guard, noise = calm(), random.Random(2)
    for step in range(600):
        loss = 4 + slope * step + noise.gauss(0, 0.1)
        assert guard.judge(loss, math.exp(noise.gauss(slope * step, 0.1))).action is ACCEPT
    assert len(guard.state.losses) == len(guard.state.log_norms) == 128


def test_a_loss_far_below_the_others_is_no_fault() -> None:
    assert calm().judge(0.1, 0.001).action is ACCEPT


def test_ripples_of_a_curve_without_any_noise_are_no_spikes() -> None:
    guard = make()
    for _ in range(128):
        guard.judge(4.0, 1.0)
    assert guard.judge(4.4, 2.0).action is ACCEPT
    assert guard.judge(4.6, 1.0).action is SKIP


def test_a_gradient_of_zeros_has_a_place_in_the_window() -> None:
    assert make().judge(4.0, 0.0).action is ACCEPT


def test_skips_in_a_row_end_in_a_rollback_and_an_accepted_step_starts_the_count_anew() -> None:
    guard = calm(SKIPS=3)
    steps = [SPIKE, SPIKE, (4.0, 1.0), SPIKE, SPIKE, SPIKE]
    actions = [guard.judge(*step).action for step in steps]
    assert actions == [SKIP, SKIP, ACCEPT, SKIP, SKIP, ROLL_BACK]


def test_a_rollback_takes_the_old_window_keeps_the_counts_and_lowers_the_rate() -> None:
    guard = calm(SKIPS=2, RATE_FACTOR=0.25)
    guard.judge(*SPIKE)
    guard.judge(*SPIKE)
    guard.rolled_back(GuardState(losses=[5.0], log_norms=[0.5]), step=40)
    assert guard.state == GuardState(
        losses=[5.0], log_norms=[0.5], skipped=2, rollbacks=1, rate_factor=0.25, restored_step=40
    )


def test_it_gives_up_after_its_rollbacks_and_says_what_to_change() -> None:
    guard = calm(ROLLBACKS=2)
    for _ in range(2):
        guard.check_rollback(900, "the loss is nan")
        guard.rolled_back(GuardState(), step=40)
    expected = (
        r"training: diverged at step 1,900 \(the loss is nan\), 2 rollbacks and a learning rate of "
        r"0.25 of the schedule's did not help; lower OPTIMIZER.LEARNING_RATE, lengthen "
        r"SCHEDULE.WARMUP, or, .*, raise GUARD.THRESHOLD\.$"
    )
    with pytest.raises(UserError, match=expected):
        guard.check_rollback(1900, "the loss is nan")


def test_a_threshold_of_zero_lets_spikes_through_but_nothing_that_is_not_finite() -> None:
    guard = calm(THRESHOLD=0)
    assert guard.judge(*SPIKE).action is ACCEPT
    assert guard.judge(math.nan, 1.0).action is SKIP


def test_a_guard_that_has_forgotten_is_warmed_up_again() -> None:
    guard = calm()
    guard.forget()
    assert guard.judge(*SPIKE).action is ACCEPT


def test_a_guard_continues_from_its_written_state() -> None:
    one, two = calm(SKIPS=2), make(SKIPS=2)
    one.judge(*SPIKE)
    two.state = GuardState(**json.loads(json.dumps(asdict(one.state))))
    assert one.judge(*SPIKE) == two.judge(*SPIKE)
    assert one.state == two.state
    assert len(one.state.losses) == 128


def test_the_score_is_in_standard_deviations_for_normal_noise() -> None:
    noise = random.Random(3)
    window = [noise.gauss(10, 2) for _ in range(20_000)]
    assert robust_score(16.0, window, least=0.0) == pytest.approx(3, abs=0.1)
