"""One training: tokens and tokenizer in, model folder and metrics out."""

import os
import sys
from collections import defaultdict
from collections.abc import Mapping
from contextlib import nullcontext
from pathlib import Path
from typing import Any

import torch
from tokenizers import Tokenizer
from yacs.config import CfgNode

from gpt2ro.files import write_json
from gpt2ro.memory import keep_freed_memory
from gpt2ro.tokenization.shards import TokenShard, read_shards
from gpt2ro.training.averaging import WeightAverage
from gpt2ro.training.board import writer_thread_silent
from gpt2ro.training.branching import check_branch
from gpt2ro.training.checkpoint import CheckpointStore
from gpt2ro.training.checks import check_arguments, check_held_out, check_tokenizer, check_train
from gpt2ro.training.data import ContextSampler, TokenStream, tokens_read
from gpt2ro.training.degeneration import DegenerationWatch, known_words
from gpt2ro.training.devices import chosen_device, slow_precision
from gpt2ro.training.earlier_runs import tell_new_run
from gpt2ro.training.evaluation import evaluate, has_text, rehearse
from gpt2ro.training.exclusive import sole_training
from gpt2ro.training.fingerprint import fingerprint, training_facts
from gpt2ro.training.gauges import make_gauges
from gpt2ro.training.learner import Learner
from gpt2ro.training.loop import Trainer
from gpt2ro.training.model_folder import write_model_folder
from gpt2ro.training.optimizers import make_optimizer
from gpt2ro.training.paths import Paths
from gpt2ro.training.probes import Probes, read_probes
from gpt2ro.training.processes import ALONE, Processes
from gpt2ro.training.reporting import Reporter
from gpt2ro.training.sampling import draw_samples
from gpt2ro.training.schedule import unreached_rate
from gpt2ro.training.state import TrainingState
from gpt2ro.training.torch_faults import torch_faults_told
from gpt2ro.training.weights import Gpt2, initial_model

SPLITS = ("train", "valid", "test")


def train(config: CfgNode, paths: Paths, threads: int, processes: Processes = ALONE) -> None:
    """Train, or continue a run; of a finished one only write the model again.

    Every process of a training calls this; the first one writes. The experiment was loaded for as
    many as there are.

    Raises:
        UserError: the data or the weights are missing or do not fit, a GPU is asked for and absent,
            another process trains the same run, the memory of the GPU is full, or the training
            diverged or was told to stop.
    """
    check_arguments(paths, threads)
    torch.set_num_threads(threads)
    device = chosen_device(config)
    _prepare(device, config.DETERMINISTIC)
    remedy = (
        f"lower BATCH.MICRO, {config.BATCH.MICRO} now (a step stays BATCH.TOKENS), set "
        "GRADIENT_CHECKPOINTING true"
    )
    with torch_faults_told(remedy):
        _train(config, paths, device, processes)


def _train(config: CfgNode, paths: Paths, device: torch.device, processes: Processes) -> None:
    tokenizer_file = paths.tokenizer / "tokenizer.json"
    shards = {split: read_shards(paths.tokens / split, paths.parts) for split in SPLITS}
    for split in SPLITS:
        check_tokenizer(shards[split], tokenizer_file)
    check_held_out(shards["valid"], shards["test"])
    # Refused here if there is too little text.
    sampler = ContextSampler(TokenStream(shards["train"]), config.BATCH.CONTEXT, config.SEED)
    tokenizer = Tokenizer.from_file(str(tokenizer_file))
    origin = paths.checkpoint
    facts = training_facts(config, shards, tokenizer_file, paths.pretrained, paths.shape, origin)
    if origin:
        check_branch(origin, facts)
    folder = paths.runs / fingerprint(facts)
    with sole_training(folder) if processes.is_first else nullcontext(), writer_thread_silent():
        store = CheckpointStore(folder / "checkpoints", config.CHECKPOINT.KEEP, processes, origin)
        blank = bool(origin) or not store.is_empty
        if processes.is_first:
            print(f"training: on {device}, checkpoints in {folder}", file=sys.stderr)
            if store.is_empty:
                check_train(shards["train"])
                tell_new_run(folder, facts)
        quiet = not processes.is_first
        model = initial_model(config, tokenizer, paths.pretrained, paths.shape, blank, quiet)
        model = model.to(device)
        if processes.is_first:
            _tell_plan(model, shards["train"], config, is_random=not (paths.pretrained or origin))
        # The weights above are drawn alike in every process; its dropout is its own.
        if not processes.is_first:
            torch.manual_seed(config.SEED + processes.rank)
        probes = opened_probes(paths.probes, tokenizer, model)
        state = _trained(
            model, store, sampler, shards, tokenizer, folder, config, probes, processes
        )
        if processes.is_first:
            store.load_best(model, state)
            _write(model, state, shards, tokenizer, config, probes, paths)


def _tell_plan(model: Gpt2, train: list[TokenShard], config: CfgNode, *, is_random: bool) -> None:
    """Tell what will be trained, on how much, and what of it looks like a mistake."""
    parameters = sum(parameter.numel() for parameter in model.parameters())
    tokens = sum(len(shard.tokens) for shard in train)
    epochs = config.SCHEDULE.STEPS * config.BATCH.TOKENS / tokens
    begun = "random" if is_random else "given"
    plan = [
        f"{parameters:,} parameters, {begun} weights; {tokens:,} tokens, read {epochs:,.2f} times "
        f"in {config.SCHEDULE.STEPS:,} steps"
    ]
    if fault := unreached_rate(config):
        plan.append(fault)
    if is_random and config.UNFREEZING.UNTIL:
        plan.append(
            "UNFREEZING keeps blocks as they are, and theirs are random weights, which know "
            "nothing; give weights (training.initial_weights, --pretrained), or empty its lists"
        )
    if fault := slow_precision(config.PRECISION, model.device):
        plan.append(fault)
    for line in plan:
        print(f"training: {line}", file=sys.stderr)


def _trained(
    model: Gpt2,
    store: CheckpointStore,
    sampler: ContextSampler,
    shards: Mapping[str, list[TokenShard]],
    tokenizer: Tokenizer,
    folder: Path,
    config: CfgNode,
    probes: Probes | None,
    processes: Processes,
) -> TrainingState:
    """Train a model to the end of its training; return how that went.

    Raises:
        UserError: as `Trainer.train`.
    """
    context = config.BATCH.CONTEXT
    decay = config.OPTIMIZER.EMA_DECAY
    average = WeightAverage(model, decay) if decay else None
    learner = Learner(model, make_optimizer(model, config), average)
    watch = DegenerationWatch(tokenizer, known_words(sampler.stream, tokenizer), config)
    gauges = make_gauges(model, shards["train"], context, config.PRECISION, processes.count)
    reporter = Reporter(folder, config, tokenizer, gauges) if processes.is_first else None
    trainer = Trainer(
        learner, sampler, shards["valid"], config, store, reporter, watch, probes, processes
    )
    trainer.resume()
    # One that continues has done it, and should not wait.
    if processes.is_first and trainer.state.step == 0:
        rehearse(model, shards["valid"], context)
    trainer.train()
    if reporter:
        reporter.close()
    return trainer.state


def _write(
    model: Gpt2,
    state: TrainingState,
    shards: Mapping[str, list[TokenShard]],
    tokenizer: Tokenizer,
    config: CfgNode,
    probes: Probes | None,
    paths: Paths,
) -> None:
    """Write the model folder, then the metrics."""
    metrics = final_metrics(model, state, shards, config)
    metrics["probes"] = probes.measure(model).rounded() if probes else None
    metrics["samples"] = draw_samples(model, tokenizer, config)
    write_model_folder(paths.model, model, paths.tokenizer, config)
    write_json(paths.metrics, metrics)
    print(f"training: {_result(metrics)}; the model is in {paths.model}", file=sys.stderr)


def _result(metrics: Mapping[str, Any]) -> str:
    """Return which weights were kept, and how they predict what they were not trained on."""
    splits = [split for split in ("valid", "test") if metrics[split]]
    figures = [f"{split} {metrics[split]['bits_per_byte']:.3f}" for split in splits]
    return (
        f"{metrics['steps']:,} steps done; the best weights are those of step "
        f"{metrics['best_step']:,}: {', '.join(figures)} bits/byte"
    )


def opened_probes(folder: Path | None, tokenizer: Tokenizer, model: Gpt2) -> Probes | None:
    """Return the probes of a folder, for this model, or None without a folder."""
    if folder is None:
        return None
    return Probes(read_probes(folder), tokenizer, model.config.n_positions)


def _prepare(device: torch.device, deterministic: bool) -> None:
    """Set PyTorch's options that hold for the whole process."""
    torch.use_deterministic_algorithms(deterministic)
    if deterministic:
        # With this workspace cuBLAS sums in one order only; it reads this when it starts.
        os.environ.setdefault("CUBLAS_WORKSPACE_CONFIG", ":4096:8")
    if device.type == "cuda":
        torch.cuda.set_device(device)
        # Multiply float32 matrices in TF32: the 10 bits of mantissa of float16, several times the
        # speed.
        torch.set_float32_matmul_precision("high")
    else:
        keep_freed_memory()


def final_metrics(
    model: Gpt2,
    state: TrainingState,
    shards: Mapping[str, list[TokenShard]],
    config: CfgNode,
) -> dict[str, Any]:
    """Return how the model was trained and how it predicts; no times, so that equal runs are equal.

    Without a test split `test` is None. `tokens_read` are those of all batches, also of steps that
    were skipped or that were left behind when the training went back to a checkpoint.
    """
    data: dict[str, dict[str, int]] = defaultdict(lambda: {"documents": 0, "tokens": 0, "bytes": 0})
    for shard in shards["train"]:
        facts = data[shard.source]
        facts["documents"] += shard.documents
        facts["tokens"] += len(shard.tokens)
        facts["bytes"] += shard.bytes
    context, test = config.BATCH.CONTEXT, shards["test"]
    tokens = sum(facts["tokens"] for facts in data.values())
    return {
        "parameters": sum(parameter.numel() for parameter in model.parameters()),
        "steps": state.step,
        "tokens_read": tokens_read(state.position, tokens, context),
        "best_step": state.best_step,
        "skipped_steps": state.guard.skipped,
        "rollbacks": state.guard.rollbacks,
        "learning_rate_factor": state.guard.rate_factor,
        "alarms": state.alarms,
        "curve": state.curve,
        "data": dict(data),
        "valid": evaluate(model, shards["valid"], context).rounded(),
        "test": evaluate(model, test, context).rounded() if has_text(test) else None,
    }
