"""The training loop: steps, rollbacks, evaluations and checkpoints, in their order."""

import signal
from contextlib import nullcontext
from dataclasses import dataclass, replace

from yacs.config import CfgNode

from gpt2ro.errors import EXIT_INTERRUPTED, UserError
from gpt2ro.tokenization.shards import TokenShard
from gpt2ro.training.checkpoint import CheckpointStore
from gpt2ro.training.data import ContextSampler
from gpt2ro.training.degeneration import DegenerationWatch
from gpt2ro.training.evaluation import evaluate
from gpt2ro.training.guard import Action, Guard, Verdict
from gpt2ro.training.interruption import Stop, signals_noted
from gpt2ro.training.learner import Learner
from gpt2ro.training.probes import Probes
from gpt2ro.training.processes import Processes
from gpt2ro.training.reporting import Reporter
from gpt2ro.training.schedule import stage_at
from gpt2ro.training.state import TrainingState
from gpt2ro.training.update import Updater


@dataclass
class Step:
    """What one step did.

    Attributes:
        loss: mean over the batch, nats per token.
        gradient_norm: before clipping.
        rate: the learning rate.
        verdict: what the guard decided about the gradient.
    """

    loss: float
    gradient_norm: float
    rate: float
    verdict: Verdict


class Trainer:
    """Trains a model on a sampler's contexts until the schedule ends or patience does.

    Every process of a training runs this; all take the same steps and the same decisions.
    """

    def __init__(
        self,
        learner: Learner,
        sampler: ContextSampler,
        valid: list[TokenShard],
        config: CfgNode,
        store: CheckpointStore,
        reporter: Reporter | None,
        watch: DegenerationWatch,
        probes: Probes | None,
        processes: Processes,
    ) -> None:
        """Take the parts of a training; only the first process has a reporter."""
        self._learner = learner
        self._sampler = sampler
        self._valid = valid
        self._config = config
        self._store = store
        self._reporter = reporter
        self._watch = watch
        self._probes = probes
        self._probes_sha256 = probes.sha256 if probes else ""
        self._processes = processes
        self._updater = Updater(learner, config, processes)
        self._guard = Guard(config.GUARD)
        self.state = TrainingState(probes_sha256=self._probes_sha256)
        self._saved_step = -1

    def resume(self) -> None:
        """Continue from the newest whole checkpoint, or write the first, of step 0.

        That of a run that goes on from another one's is the same as that one.

        Raises:
            UserError: no checkpoint is whole, or the schedule ends before the one to go on from.
        """
        found = self._store.load_latest(self._learner)
        if found:
            self._continue(found)
            return
        if self._reporter:
            self._reporter.began()
        if origin := self._store.load_origin(self._learner):
            if origin.step >= (steps := self._config.SCHEDULE.STEPS):
                raise UserError(
                    f"SCHEDULE.STEPS is {steps:,}, and the checkpoint to go on from is of step "
                    f"{origin.step:,}; set more."
                )
            self._continue(origin)
        # For a training that diverges before its first interval to go back to.
        self._checkpoint()

    def _continue(self, state: TrainingState) -> None:
        self._take(state)
        if self._reporter:
            self._reporter.resumed(state.step, state.curve)

    def train(self) -> None:
        """Train to the end.

        Raises:
            UserError: SIGTERM or Ctrl-C came (a checkpoint has been written), or the training
                diverged and going back did not help.
        """
        self._learner.model.train()
        with signals_noted(self._processes) as stop:
            while not self.state.finished:
                step = self._step()
                self._report(step)
                if step.verdict.action is Action.ROLL_BACK:
                    self._roll_back(step.verdict.reason)
                else:
                    with self._reporter.paused() if self._reporter else nullcontext():
                        self._evaluate_if_due()
                        if self.state.finished or self._due(self._config.CHECKPOINT.EVERY):
                            self._checkpoint()
                if self._processes.any(stop.number is not None):
                    self._stop(stop)

    def _step(self) -> Step:
        """Use one batch; a gradient that the guard does not accept changes nothing."""
        updater, guard, state = self._updater, self._guard, self.state
        if state.step and state.step == stage_at(state.step, self._config).start:
            guard.forget()  # from here the norm is one of more parameters
        rate = updater.prepare(state.step, guard.state.rate_factor)
        loss = updater.add_gradient(self._sampler)
        # All processes decide by the figures of the first one, so they decide alike.
        loss, norm = self._processes.from_first(loss, updater.clipped_norm())
        if updater.overflowed(loss, norm):
            verdict = Verdict(Action.ACCEPT)  # the scaler drops it
        else:
            verdict = guard.judge(loss, norm)
        state.step += 1
        if verdict.action is Action.ACCEPT:
            updater.apply(state.step)
            state.loss_sum += loss
            state.loss_steps += 1
        else:
            updater.discard()
        return Step(loss, norm, rate, verdict)

    def _report(self, step: Step) -> None:
        if not self._reporter:
            return
        if step.verdict.action is Action.ACCEPT:
            self._reporter.step(self.state.step, step.loss, step.gradient_norm, step.rate)
        else:
            self._reporter.skipped(self.state.step, step.verdict.reason, self._guard.state)

    def _roll_back(self, reason: str) -> None:
        """Restore a checkpoint from before the fault; the data used since is not used again."""
        guard, step = self._guard, self.state.step
        guard.check_rollback(step, reason)
        ahead = replace(self._sampler.position)
        restored = self._store.roll_back(self._learner, guard.state.restored_step)
        guard.rolled_back(restored.guard, restored.step)
        self._take(replace(restored, position=ahead, guard=guard.state))
        self._saved_step = -1
        if self._reporter:
            self._reporter.rolled_back(step, restored.step, reason, guard.state)

    def _take(self, state: TrainingState) -> None:
        self.state = state
        self.state.interim = False
        self.state.use_probes(self._probes_sha256)
        self._guard.state = state.guard
        self._sampler.seek(state.position)
        if state.scaler:
            self._updater.scaler.load_state_dict(state.scaler)

    def _stop(self, stop: Stop) -> None:
        # Not twice: whoever stops a process may not wait long.
        if self._saved_step != self.state.step:
            # Right after a rollback it replaces the one that was restored, and is as good.
            self.state.interim = self.state.step != self._guard.state.restored_step
            self._checkpoint()
        interrupted = stop.number == signal.SIGINT
        name = "Ctrl-C" if interrupted else "SIGTERM"
        error = UserError(
            f"training: {name} at step {self.state.step:,}; a checkpoint is written; run again to "
            "continue."
        )
        if interrupted:
            error.exit_code = EXIT_INTERRUPTED
        raise error

    def _due(self, every: int) -> bool:
        return self.state.step % every == 0

    def _checkpoint(self) -> None:
        self.state.position = self._sampler.position
        self.state.scaler = self._updater.scaler.state_dict()
        self.state.guard = self._guard.state
        self._store.save(self._learner, self.state)
        self._saved_step = self.state.step

    def _evaluate_if_due(self) -> None:
        state, config = self.state, self._config
        last = state.step == config.SCHEDULE.STEPS
        if not last and not self._due(config.EVALUATION.EVERY):
            return
        if self._reporter:
            self._evaluate(self._reporter)
        patience = config.EVALUATION.PATIENCE
        ends_early = not last and bool(patience and state.stale >= patience)
        if ends_early and self._reporter:
            self._reporter.ends_early(state.step, state.best_step, patience)
        state.finished = bool(self._processes.from_first(last or ends_early)[0])

    def _evaluate(self, reporter: Reporter) -> None:
        """Score the model, keep it if it is the best so far, and measure samples and probes."""
        state, watch, context = self.state, self._watch, self._config.BATCH.CONTEXT
        with self._learner.evaluated() as model:
            metrics = evaluate(model, self._valid, context)
            fluency = watch.measure(model)
            probes = self._probes.measure(model) if self._probes else None
            measures = {**fluency.rounded(), **(probes.curve() if probes else {})}
            if state.add_evaluation(metrics.total.bits_per_byte, measures):
                self._store.save_best(model, state)
            alarm = state.add_samples(watch.is_fluent(fluency), watch.alarm(fluency))
            reporter.evaluation(model, state.step, metrics, measures, alarm)
