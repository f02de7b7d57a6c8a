"""The progress of a training, as its checkpoints keep it."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from gpt2ro.training.data import Position
from gpt2ro.training.guard import GuardState
from gpt2ro.training.probes import CURVE


@dataclass
class TrainingState:
    """The progress of a training; all of it goes to `state.json`.

    Attributes:
        step: steps done, skipped ones included; each has used one batch.
        position: where the sampler stands.
        loss_sum: sum of the accepted steps' losses since the last evaluation, nats per token.
        loss_steps: number of these steps.
        best_bits_per_byte: of the best evaluation so far.
        best_step: its step; -1 before the first evaluation.
        stale: evaluations since then.
        curve: one entry an evaluation: step, train_loss, valid_bits_per_byte, the measures of the
            samples, and the accuracies of the probes.
        probes_sha256: of the probes in the curve; empty without probes.
        finished: whether the training has ended.
        interim: whether it was only written because the training was told to stop: an unbroken one
            would not have this checkpoint, so none goes back to it.
        scaler: state of the float16 loss scaler.
        guard: what the divergence guard knows.
        fluent: whether samples were fluent at an evaluation since the last alarm.
        alarms: one entry an alarm: step and reason.
    """

    step: int = 0
    position: Position = field(default_factory=Position)
    loss_sum: float = 0.0
    loss_steps: int = 0
    best_bits_per_byte: float = float("inf")
    best_step: int = -1
    stale: int = 0
    curve: list[dict[str, float]] = field(default_factory=list)
    probes_sha256: str = ""
    finished: bool = False
    interim: bool = False
    scaler: dict[str, Any] = field(default_factory=dict)
    guard: GuardState = field(default_factory=GuardState)
    fluent: bool = False
    alarms: list[dict[str, Any]] = field(default_factory=list)

    @staticmethod
    def from_json(values: Mapping[str, Any]) -> "TrainingState":
        """Return what `asdict` was made of."""
        position, guard = Position(**values["position"]), GuardState(**values["guard"])
        return TrainingState(**{**values, "position": position, "guard": guard})

    def branched(self) -> "TrainingState":
        """Return where a run begins that goes on from this checkpoint of another one.

        What was best lies in the folder of that run, and other settings may be judged otherwise.
        """
        begin = TrainingState()
        return replace(
            self,
            best_bits_per_byte=begin.best_bits_per_byte,
            best_step=begin.best_step,
            stale=begin.stale,
            finished=False,
            interim=False,
            guard=replace(self.guard, restored_step=begin.guard.restored_step),
        )

    def use_probes(self, sha256: str) -> None:
        """Remove the accuracies from the curve if they are of other probes: they do not compare."""
        if sha256 != self.probes_sha256:
            self.curve = [
                {name: value for name, value in entry.items() if not name.startswith(CURVE)}
                for entry in self.curve
            ]
            self.probes_sha256 = sha256

    def add_evaluation(self, bits_per_byte: float, measures: Mapping[str, float]) -> bool:
        """Add an entry to the curve; return whether it is the best so far.

        The entry has no train_loss if every step since the last one was skipped.
        """
        entry: dict[str, float] = {"step": self.step}
        if self.loss_steps:
            entry["train_loss"] = round(self.loss_sum / self.loss_steps, 6)
        entry["valid_bits_per_byte"] = round(bits_per_byte, 6)
        self.curve.append({**entry, **measures})
        self.loss_sum, self.loss_steps = 0.0, 0
        is_best = bits_per_byte < self.best_bits_per_byte
        if is_best:
            self.best_bits_per_byte, self.best_step, self.stale = bits_per_byte, self.step, 0
        else:
            self.stale += 1
        return is_best

    def add_samples(self, fluent: bool, fault: str | None) -> str | None:
        """Note whether the samples of an evaluation are fluent, or what is wrong with them.

        Returns:
            The fault, as an alarm, if the model was fluent since the last alarm; else None.
        """
        alarm = fault if self.fluent else None
        if alarm:
            self.alarms.append({"step": self.step, "reason": alarm})
        self.fluent = fluent or (self.fluent and not alarm)
        return alarm
