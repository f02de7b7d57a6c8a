"""The divergence guard: decides, before each optimiser step, whether its gradient may be used.

A step is compared with the accepted ones before it by a robust z-score: its distance from their
median in median absolute deviations (Iglewicz and Hoaglin, How to Detect and Handle Outliers,
1993). One outlier in the window does not shift a median, as it would a mean. The window and the
rule, loss or gradient norm, are those of OLMo-core's SkipStep optimisers, which use the standard
deviation. The loss is compared in nats, which are a logarithm already. The norm is compared by its
logarithm, as it is positive and its noise is proportional to its size.

A fault that does not go away is in the weights. Then the training goes back to a checkpoint and
continues with other data, as PaLM's did by hand (arXiv 2204.02311, section 5.1), and with a lower
learning rate.
"""

import math
from dataclasses import dataclass, field
from enum import Enum
from statistics import median

from yacs.config import CfgNode

from gpt2ro.errors import UserError

# The standard deviation of a normal distribution in median absolute deviations.
DEVIATIONS_OF_MAD = 1.4826
# A deviation counts as at least this. Of the loss, nats: ripples of a flat curve are no spikes (the
# demo's deviations were 0.07 to 0.7).
LEAST_LOSS_DEVIATION = 0.05
# Of the norm's logarithm: clipping takes care of a large norm, so it is a fault only from e^3 = 20
# times the usual on, at the threshold of 10 (the demo's largest was 1.24 times the usual).
LEAST_NORM_DEVIATION = 0.3
LEAST_NORM = 1e-12  # stands for 0, which has no logarithm


class Action(Enum):
    """What to do with a gradient."""

    ACCEPT = "accept"
    SKIP = "skip"
    ROLL_BACK = "roll back"


@dataclass(frozen=True)
class Verdict:
    """An action, and why in a few words; accepting needs none."""

    action: Action
    reason: str = ""


@dataclass
class GuardState:
    """What the guard knows; a part of every checkpoint.

    Attributes:
        losses: of the last accepted steps, nats per token, oldest first.
        log_norms: natural logarithms of their gradient norms.
        streak: steps skipped in a row, up to now.
        skipped: steps skipped in all, those of abandoned stretches included.
        rollbacks: how often the training went back.
        rate_factor: what the schedule's learning rate is multiplied by.
        restored_step: step of the checkpoint that the last rollback restored; -1 for none.
    """

    losses: list[float] = field(default_factory=list)
    log_norms: list[float] = field(default_factory=list)
    streak: int = 0
    skipped: int = 0
    rollbacks: int = 0
    rate_factor: float = 1.0
    restored_step: int = -1


class Guard:
    """Judges steps in their order; everything it remembers is in `state`.

    Args:
        settings: the section GUARD of an experiment.
    """

    def __init__(self, settings: CfgNode) -> None:
        self._settings = settings
        self.state = GuardState()

    def judge(self, loss: float, norm: float) -> Verdict:
        """Decide about a step, and remember it if it is accepted.

        Args:
            loss: its mean loss, nats per token.
            norm: the norm of its gradient, before clipping.
        """
        reason = self._fault(loss, norm)
        if reason:
            self.state.skipped += 1
            self.state.streak += 1
            persists = self.state.streak >= self._settings.SKIPS
            return Verdict(Action.ROLL_BACK if persists else Action.SKIP, reason)
        self.state.streak = 0
        self._remember(loss, norm)
        return Verdict(Action.ACCEPT)

    def forget(self) -> None:
        """Empty the window, as the steps to come do not compare with those in it."""
        self.state.losses.clear()
        self.state.log_norms.clear()

    def check_rollback(self, step: int, reason: str) -> None:
        """Check that the training may go back once more.

        Raises:
            UserError: it has done so as often as GUARD.ROLLBACKS allows.
        """
        state = self.state
        if state.rollbacks >= self._settings.ROLLBACKS:
            raise UserError(
                f"training: diverged at step {step:,} ({reason}), {state.rollbacks} rollbacks and "
                f"a learning rate of {state.rate_factor:.3g} of the schedule's did not help; lower "
                "OPTIMIZER.LEARNING_RATE, lengthen SCHEDULE.WARMUP, or, if the curve is as it "
                "should be, raise GUARD.THRESHOLD."
            )

    def rolled_back(self, restored: GuardState, step: int) -> None:
        """Take the window of a checkpoint that was restored, keep the counts, lower the rate.

        Args:
            step: that of the checkpoint.
        """
        self.state = GuardState(
            losses=restored.losses,
            log_norms=restored.log_norms,
            skipped=self.state.skipped,
            rollbacks=self.state.rollbacks + 1,
            rate_factor=self.state.rate_factor * self._settings.RATE_FACTOR,
            restored_step=step,
        )

    def _fault(self, loss: float, norm: float) -> str | None:
        """Return what is wrong with a step, or None."""
        if not math.isfinite(loss):
            return f"the loss is {loss}"
        if not math.isfinite(norm):
            return f"the gradient norm is {norm}"
        # Half a window is enough for a median, as it is for the deviation in OLMo-core.
        if not self._settings.THRESHOLD or len(self.state.losses) < self._settings.WINDOW / 2:
            return None
        return self._spike(
            f"the loss is {loss:.3f}", loss, self.state.losses, LEAST_LOSS_DEVIATION
        ) or self._spike(
            f"the gradient norm is {norm:.3g}",
            _log(norm),
            self.state.log_norms,
            LEAST_NORM_DEVIATION,
        )

    def _spike(self, what: str, value: float, window: list[float], least: float) -> str | None:
        """Return how far a value is over the window, or None if it is not too far.

        A value far below the window is no fault: it is good, or strange and harmless.
        """
        score = robust_score(value, window, least)
        if score <= self._settings.THRESHOLD:
            return None
        return (
            f"{what}, {score:.1f} deviations over the median of {len(window)} steps, allowed "
            f"{self._settings.THRESHOLD:g}"
        )

    def _remember(self, loss: float, norm: float) -> None:
        for window, value in ((self.state.losses, loss), (self.state.log_norms, _log(norm))):
            window.append(value)
            del window[: -self._settings.WINDOW]


def robust_score(value: float, window: list[float], least: float) -> float:
    """Return the distance from the window's median in deviations estimated by the window's MAD.

    Args:
        least: the smallest deviation that counts.
    """
    middle = median(window)
    mad = median(abs(other - middle) for other in window)
    return (value - middle) / max(DEVIATIONS_OF_MAD * mad, least)


def _log(norm: float) -> float:
    return math.log(max(norm, LEAST_NORM))
