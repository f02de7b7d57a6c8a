"""Reports a training: lines on standard error, TensorBoard, and a log of JSON lines."""

import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from tokenizers import Tokenizer
from torch import nn
from yacs.config import CfgNode

from gpt2ro.progress import format_duration
from gpt2ro.training.board import Board
from gpt2ro.training.evaluation import SplitMetrics
from gpt2ro.training.gauges import Gauges
from gpt2ro.training.guard import GuardState
from gpt2ro.training.probes import CURVE
from gpt2ro.training.sampling import draw_samples
from gpt2ro.training.step_log import StepLog

INTERVAL = 5.0  # seconds between two lines


class Reporter:
    """Reports steps and evaluations of one run into its folder."""

    def __init__(self, folder: Path, config: CfgNode, tokenizer: Tokenizer, gauges: Gauges) -> None:
        self._config = config
        self._tokenizer = tokenizer
        self._gauges = gauges
        self._board = Board(folder / "tensorboard")
        self._board.text("experiment", f"```\n{config.dump(allow_unicode=True)}\n```")
        self._log = StepLog(folder / "log.jsonl")
        self._start_step = 0
        self._start = self._last = time.monotonic()
        self._last_step = 0
        self._paused = 0.0
        self._valid = "-"

    def began(self) -> None:
        """Forget what was reported, if the checkpoints of the run are gone."""
        if self._log.rewind(-1):
            self._board.hide_after(-1)

    def resumed(self, step: int, curve: list[dict[str, float]]) -> None:
        """Report from which step the run continues; log and curves lose what came after it.

        Args:
            curve: the evaluations so far.
        """
        self._log.rewind(step)
        self._board.hide_after(step)
        self._start_step = self._last_step = step
        if curve:
            self._valid = _bits_per_byte(curve[-1]["valid_bits_per_byte"])
        print(f"training: continuing from step {step:,}, valid {self._valid}", file=sys.stderr)

    @contextmanager
    def paused(self) -> Iterator[None]:
        """Leave the time inside the block, of evaluations and checkpoints, out of the speed."""
        start = time.monotonic()
        yield
        self._paused += time.monotonic() - start

    def step(self, step: int, loss: float, gradient_norm: float, rate: float) -> None:
        """Report a step, if the last report is at least INTERVAL ago."""
        now = time.monotonic()
        if now - self._last < INTERVAL:
            return
        tokens = (step - self._last_step) * self._config.BATCH.TOKENS
        speed = tokens / (now - self._last - self._paused)
        left = (self._config.SCHEDULE.STEPS - step) * (now - self._start)
        left /= max(1, step - self._start_step)
        scalars = {"loss": loss, "bits_per_byte": self._gauges.bits_per_byte(loss)}
        scalars |= {"gradient_norm": gradient_norm, "learning_rate": rate}
        scalars |= {"tokens_per_second": speed, "memory_gb": self._gauges.memory() / 1e9}
        if (utilization := self._gauges.utilization(speed)) is not None:
            scalars["utilization"] = utilization
        for name, value in scalars.items():
            self._board.scalar(f"train/{name}", value, step)
        self._log.write({"step": step, **scalars})
        line = self._line(step, scalars)
        print(f"{line}, {format_duration(left)} left", file=sys.stderr, flush=True)
        self._last, self._last_step, self._paused = now, step, 0.0

    def _line(self, step: int, scalars: dict[str, float]) -> str:
        used = f", {scalars['utilization']:.1%} MFU" if "utilization" in scalars else ""
        return (
            f"training: step {step:,} of {self._config.SCHEDULE.STEPS:,}, loss "
            f"{scalars['loss']:.3f} ({scalars['bits_per_byte']:.3f} bits/byte), valid "
            f"{self._valid}, rate {scalars['learning_rate']:.1e}, gradient "
            f"{scalars['gradient_norm']:.2f}, {scalars['tokens_per_second']:,.0f} tokens/s{used}, "
            f"{scalars['memory_gb']:.1f} GB"
        )

    def skipped(self, step: int, reason: str, guard: GuardState) -> None:
        """Report a step whose gradient was not used."""
        self._guard(step, f"skipped ({guard.streak} in a row): {reason}", guard, {})

    def rolled_back(self, step: int, restored: int, reason: str, guard: GuardState) -> None:
        """Report that the training went back from a step to the checkpoint of another."""
        self._last_step = self._start_step = restored
        self._start = self._last = time.monotonic()
        self._paused = 0.0
        text = f"back to step {restored:,}, learning rate x {guard.rate_factor:.3g}: {reason}"
        self._guard(step, text, guard, {"restored": restored})

    def _guard(self, step: int, text: str, guard: GuardState, more: dict[str, int]) -> None:
        self._board.text("guard", text, step)
        counts = {"skipped": guard.skipped, "rollbacks": guard.rollbacks}
        for name, value in {**counts, "rate_factor": guard.rate_factor}.items():
            self._board.scalar(f"guard/{name}", value, step)
        self._log.write({"step": step, "guard": text, **counts, **more})
        print(f"training: step {step:,}, {text}", file=sys.stderr, flush=True)

    def evaluation(
        self,
        model: nn.Module,
        step: int,
        metrics: SplitMetrics,
        measures: Mapping[str, float],
        alarm: str | None,
    ) -> None:
        """Report an evaluation, and samples that are drawn from the model here.

        Args:
            measures: of the samples and the probes, by name.
            alarm: what is wrong with the samples of a model that was fluent, or None.
        """
        total = metrics.total
        self._valid = _bits_per_byte(total.bits_per_byte)
        self._board.scalar("valid/bits_per_byte", total.bits_per_byte, step)
        self._board.scalar("valid/token_perplexity", total.token_perplexity, step)
        self._board.scalar("valid/word_perplexity", total.word_perplexity, step)
        for source, found in metrics.sources.items():
            self._board.scalar(f"valid/bits_per_byte/{source}", found.bits_per_byte, step)
        texts = draw_samples(model, self._tokenizer, self._config)
        self._board.text("samples", "\n\n".join(texts), step)
        for name, value in measures.items():
            tag = name if name.startswith(CURVE) else f"samples/{name}"
            self._board.scalar(tag, value, step)
        facts = {"valid": metrics.rounded(), **measures, "alarm": alarm}
        self._log.write({"step": step, **facts, "samples": texts})
        print(
            f"training: step {step:,}, valid {self._valid}, {total.token_perplexity:,.1f} "
            f"perplexity a token: {' '.join(texts[0].split()) if texts else ''}",
            file=sys.stderr,
            flush=True,
        )
        if alarm:
            self._board.text("alarm", alarm, step)
            print(f"training: step {step:,}, ALARM: {alarm}", file=sys.stderr, flush=True)

    def ends_early(self, step: int, best_step: int, patience: int) -> None:
        """Report that the training ends before its last step, as it no longer improves."""
        print(
            f"training: step {step:,}, ends early: no evaluation since step {best_step:,} was "
            f"better, and EVALUATION.PATIENCE is {patience}",
            file=sys.stderr,
            flush=True,
        )

    def close(self) -> None:
        """Flush and close the files."""
        self._board.close()
        self._log.close()


def _bits_per_byte(value: float) -> str:
    return f"{value:.3f} bits/byte"
