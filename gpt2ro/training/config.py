"""Experiments: every key with its default, unit and meaning; files and overrides over them."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

import yaml
from yacs.config import CfgNode

from gpt2ro.errors import UserError, nearest
from gpt2ro.yaml_file import read_yaml

# Bounds of the numbers that have other ones than 0 or "over 0".
AT_MOST = {
    "GUARD.RATE_FACTOR": 1, "DEGENERATION.KNOWN_WORDS": 1, "DEGENERATION.REPETITION": 1,
    "DEGENERATION.SILENCE": 1, "SCHEDULE.COOLDOWN": 1,
    "SEED": (1 << 32) - 1,  # other seeds are made of it, and PyTorch takes 64 bits
}  # fmt: skip
# A median of fewer says little; a context holds a token and the next one.
AT_LEAST = {"GUARD.WINDOW": 8, "BATCH.CONTEXT": 2}

TYPE_NAMES = {
    float: "a number", int: "a whole number", str: "a text", tuple: "a list", bool: "true or false",
}  # fmt: skip

CHOICES = {
    "DEVICE": ("auto", "cpu", "cuda"),
    "PRECISION": ("float32", "bfloat16", "float16"),
    "OPTIMIZER.NAME": ("adamw", "muon"),
    "SCHEDULE.NAME": ("cosine", "wsd"),
}

OVERRIDES = "overrides"  # where a value comes from that is not in the file, for messages

# Zero has a meaning only for these; every other number must be over 0.
MAY_BE_ZERO = {
    "SEED", "MODEL.DROPOUT", "MODEL.ATTENTION_DROPOUT", "OPTIMIZER.MIN_LEARNING_RATE",
    "OPTIMIZER.WEIGHT_DECAY", "OPTIMIZER.EMA_DECAY", "SCHEDULE.WARMUP", "EVALUATION.PATIENCE",
    "EVALUATION.SAMPLE_TOKENS", "GUARD.THRESHOLD", "GUARD.ROLLBACKS",
}  # fmt: skip

# An item of each list that is empty by default, for its type.
ITEMS = {"UNFREEZING.UNTIL": 0, "UNFREEZING.BLOCKS": 0, "UNFREEZING.LEARNING_RATES": 0.0}


def defaults() -> CfgNode:
    """Return a fresh copy of the defaults: GPT-2 small from given weights, all layers trained."""
    config = CfgNode()
    config.SEED = 1
    # auto (CUDA if there is a GPU), cpu or cuda
    config.DEVICE = "auto"
    # float32, bfloat16 (autocast), or float16 (autocast with a loss scaler; CUDA only)
    config.PRECISION = "float32"
    # On a GPU, use only operations that give the same bits each time, so that a resumed run ends
    # with the bytes of an unbroken one; slower. On a CPU all operations do so anyway.
    config.DETERMINISTIC = False
    # Compute the activations of a block again in the backward pass instead of keeping them: less
    # memory, more time, the same result. For when BATCH.MICRO 1 is still too large.
    config.GRADIENT_CHECKPOINTING = False
    # torch.compile: for a GPU, after minutes of compiling; needs a C compiler
    config.COMPILE = False

    # The architecture for random weights; given weights bring their own.
    config.MODEL = CfgNode()
    config.MODEL.LAYERS = 12
    config.MODEL.HEADS = 12
    config.MODEL.WIDTH = 768
    config.MODEL.CONTEXT = 1024  # n_positions, tokens
    config.MODEL.DROPOUT = 0.0  # on embeddings and residuals
    # On attention weights. Off, because PyTorch's fast attention on CPUs does not support it.
    config.MODEL.ATTENTION_DROPOUT = 0.0

    config.BATCH = CfgNode()
    config.BATCH.CONTEXT = 1024  # tokens of one training sequence, at most MODEL.CONTEXT
    config.BATCH.MICRO = 8  # sequences in one forward pass of a process
    # Tokens of one optimiser step; micro-batches are accumulated to it.
    config.BATCH.TOKENS = 65_536

    config.OPTIMIZER = _optimizer()

    config.SCHEDULE = CfgNode()
    config.SCHEDULE.STEPS = 10_000  # of the optimiser, in all
    config.SCHEDULE.WARMUP = 500  # steps from 0 to the learning rate
    # From there to the minimum: cosine, all the way; or wsd, a plateau and then a cooldown.
    config.SCHEDULE.NAME = "cosine"
    # Of wsd: the share of the steps at the end, up to 1; never before the warm-up is over.
    config.SCHEDULE.COOLDOWN = 0.2

    config.UNFREEZING = _unfreezing()

    config.EVALUATION = CfgNode()
    config.EVALUATION.EVERY = 500  # steps
    # End after so many evaluations in a row without a better one; 0: never.
    config.EVALUATION.PATIENCE = 0
    # What samples begin with, and how many tokens they go on for; for the log and TensorBoard.
    config.EVALUATION.PROMPTS = ("Bunica", "Într-o zi,", "Este")
    config.EVALUATION.SAMPLE_TOKENS = 40

    config.GUARD = _guard()
    config.DEGENERATION = _degeneration()

    config.CHECKPOINT = CfgNode()
    config.CHECKPOINT.EVERY = 500  # steps
    config.CHECKPOINT.KEEP = 2  # latest ones, beside the best
    return config


def _optimizer() -> CfgNode:
    """How a gradient becomes a step (docs/training.md, "The recipe, and why")."""
    optimizer = CfgNode()
    # adamw, or muon: Muon (torch.optim.Muon) for the matrices of the blocks, AdamW for the rest
    optimizer.NAME = "adamw"
    optimizer.LEARNING_RATE = 3e-4
    optimizer.MIN_LEARNING_RATE = 3e-5
    # Times the learning rate: that of the token embedding, which is the head, in every stage.
    optimizer.EMBEDDING_RATE_FACTOR = 1.0
    optimizer.BETAS = (0.9, 0.95)  # of AdamW; GPT-3's (arXiv 2005.14165, appendix B)
    optimizer.WEIGHT_DECAY = 0.1  # on matrices only; not on norms, biases, embeddings
    optimizer.CLIP = 1.0  # largest norm of the gradient
    # Decay of the moving average of the weights at each step, below 1. The average is evaluated and
    # exported instead of the weights. 0: no average.
    optimizer.EMA_DECAY = 0.0
    return optimizer


def _unfreezing() -> CfgNode:
    """Stages before everything is trained, one column each; none by default.

    The token embedding and the last norm are trained from the first step. After the last stage
    everything is, by SCHEDULE and OPTIMIZER.LEARNING_RATE. Each stage is warmed up as SCHEDULE is.
    """
    unfreezing = CfgNode()
    unfreezing.UNTIL = ()  # the first step after each stage
    unfreezing.BLOCKS = ()  # blocks that are trained in it, counted from the top
    unfreezing.LEARNING_RATES = ()  # its learning rate
    return unfreezing


def _guard() -> CfgNode:
    """The divergence guard (docs/training.md, "When a training diverges")."""
    guard = CfgNode()
    # Accepted steps that a step is compared with, 8 or more; OLMo-core's value
    guard.WINDOW = 128
    # A loss or gradient norm is a spike from so many deviations over the median of the window on.
    # The demo's highest of 700 steps was 1.5 (with AdamW). 0: skip only what is not finite.
    guard.THRESHOLD = 10.0
    guard.SKIPS = 5  # skipped steps in a row that make the training go back to a checkpoint
    guard.ROLLBACKS = 3  # how often it may; then it ends with an error
    guard.RATE_FACTOR = 0.5  # times the learning rate at each rollback; at most 1
    return guard


def _degeneration() -> CfgNode:
    """The samples that are measured at each evaluation, and when there is an alarm."""
    watch = CfgNode()
    watch.SAMPLES = 8  # of each of EVALUATION.PROMPTS
    watch.TOKENS = 64  # of one sample, at most BATCH.CONTEXT - 1
    # Shares from 0 to 1. A model is fluent if at least KNOWN_WORDS of its words are known, at most
    # REPETITION of its 4-grams are repeated, and at most SILENCE of its samples are empty. Passing
    # one of the last two bounds is an alarm, once, if the model was fluent before. Measured on the
    # demo with AdamW: random weights have 47 % known words, 100 steps 94 %, the validation text
    # 98 %. At most 0.7 % of 4-grams were repeated, 0.2 % in the text; no sample was empty.
    watch.KNOWN_WORDS = 0.8
    watch.REPETITION = 0.2
    watch.SILENCE = 0.5
    return watch


@dataclass(frozen=True)
class _Where:
    """Where a value was set, for messages.

    Attributes:
        path: the experiment file.
        overridden: the keys that were laid over it.
    """

    path: str
    overridden: frozenset[str]

    def of(self, *keys: str) -> str:
        """Return the place to look at for a fault in the values of some keys."""
        return OVERRIDES if self.overridden.intersection(keys) else self.path


def load_experiment(path: Path, overrides: list[str], processes: int = 1) -> CfgNode:
    """Lay an experiment file, then KEY VALUE pairs, over the defaults.

    Args:
        processes: that are to share the batch.

    Raises:
        UserError: an unknown key (with the nearest valid one), a value of the wrong type, or one
            out of range; or the processes cannot share the batch.
    """
    config = defaults()
    _merge(config, flat(_read(path)), str(path))
    if len(overrides) % 2:
        raise UserError(f"overrides: {overrides[-1]} has no value; give KEY VALUE pairs.")
    laid_over = {key: _value(key, word) for key, word in _pairs(overrides)}
    _merge(config, laid_over, OVERRIDES)
    _check(config, _Where(str(path), frozenset(laid_over)), processes)
    config.freeze()
    return config


def _pairs(words: list[str]) -> list[tuple[str, str]]:
    return list(zip(words[::2], words[1::2], strict=True))


def _value(key: str, word: str) -> object:
    try:
        return yaml.safe_load(word)
    except yaml.YAMLError:
        raise UserError(f"overrides: {key} is {word!r}; expected a YAML value.") from None


def _read(path: Path) -> dict[str, object]:
    values = read_yaml(path) or {}
    if not isinstance(values, dict):
        raise UserError(f"{path}: expected sections of keys, found {type(values).__name__}.")
    return values


def flat(values: Mapping[str, Any], prefix: str = "") -> dict[str, Any]:
    """Turn nested sections into `SECTION.KEY: value`."""
    found: dict[str, Any] = {}
    for name, value in values.items():
        if isinstance(value, dict):
            found |= flat(value, f"{prefix}{name}.")
        else:
            found[f"{prefix}{name}"] = value
    return found


def _merge(config: CfgNode, values: dict[str, object], where: str) -> None:
    known = flat(config)
    for key, value in values.items():
        if isinstance(config.get(key), CfgNode):
            if value is None:
                continue  # a section of comments only
            raise UserError(f"{where}: {key} is {value!r}; it is a section: expected keys in it.")
        if key not in known:
            raise UserError(f'{where}: unknown key "{key}"; {_hint(key, list(known))}')
        *sections, name = key.split(".")
        node = config
        for section in sections:
            node = node[section]
        default = known[key] if known[key] != () else (ITEMS[key],)
        node[name] = _coerced(value, default, f"{where}: {key}")


def _hint(key: str, known: list[str]) -> str:
    """Return what a key may have meant: of the same name in another section, or a similar one."""
    key = key.upper()
    name = key.rpartition(".")[2]
    same = [f'"{other}"' for other in known if other.rpartition(".")[2] == name]
    if same:
        return f"did you mean {' or '.join(same)}?"
    return nearest(key, known)


def _coerced(value: object, default: object, where: str) -> object:
    """Return the value in the default's type: YAML reads 1e-3 as text and 1 as an integer."""
    if isinstance(default, float) and not isinstance(value, bool):
        try:
            return float(value)  # type: ignore[arg-type]
        except (TypeError, ValueError, OverflowError):
            pass
    elif isinstance(default, tuple) and isinstance(value, list):
        return tuple(_coerced(item, default[0], f"{where}, {item!r},") for item in value)
    elif type(value) is type(default):
        return value
    raise UserError(f"{where} is {value!r}; expected {TYPE_NAMES[type(default)]}.")


def _check(config: CfgNode, where: _Where, processes: int) -> None:
    """Check the values against their ranges and against each other."""
    values = flat(config)
    for key, allowed in CHOICES.items():
        if values[key] not in allowed:
            found = f"{where.of(key)}: {key} is {values[key]}"
            raise UserError(f"{found}; allowed: {', '.join(allowed)}.")
    for key, value in values.items():
        if isinstance(value, (int, float)) and not isinstance(value, bool):
            _check_number(key, value, where)
    _check_rates(config.OPTIMIZER, where)
    _check_betas(config.OPTIMIZER.BETAS, where)
    _check_unfreezing(config, where)
    _check_sizes(config, where, processes)


def _check_number(key: str, value: float, where: _Where) -> None:
    zero = key in MAY_BE_ZERO
    if not (value > 0 or (zero and value == 0)) or math.isinf(value):
        expected = "0 or more" if zero else "more than 0"
        raise UserError(f"{where.of(key)}: {key} is {value}; expected {expected}.")
    if key.endswith(("DROPOUT", "EMA_DECAY")) and value >= 1:
        raise UserError(f"{where.of(key)}: {key} is {value}; expected less than 1.")
    if value > AT_MOST.get(key, value):
        raise UserError(f"{where.of(key)}: {key} is {value}; expected {AT_MOST[key]} or less.")
    if value < AT_LEAST.get(key, value):
        raise UserError(f"{where.of(key)}: {key} is {value}; expected {AT_LEAST[key]} or more.")


def _check_rates(optimizer: CfgNode, where: _Where) -> None:
    low, high = optimizer.MIN_LEARNING_RATE, optimizer.LEARNING_RATE
    if low > high:
        place = where.of("OPTIMIZER.MIN_LEARNING_RATE", "OPTIMIZER.LEARNING_RATE")
        raise UserError(
            f"{place}: OPTIMIZER.MIN_LEARNING_RATE is {low}, over OPTIMIZER.LEARNING_RATE, {high}; "
            "lower the one or raise the other."
        )


def _check_betas(betas: tuple[float, ...], where: _Where) -> None:
    if len(betas) != 2 or not all(0 <= beta < 1 for beta in betas):
        raise UserError(
            f"{where.of('OPTIMIZER.BETAS')}: OPTIMIZER.BETAS is {list(betas)}; expected two "
            "numbers from 0 to below 1."
        )


def _check_unfreezing(config: CfgNode, where: _Where) -> None:
    lists = {f"UNFREEZING.{key}": list(values) for key, values in config.UNFREEZING.items()}
    if len({len(values) for values in lists.values()}) > 1:
        lengths = ", ".join(f"{key} has {len(values)} items" for key, values in lists.items())
        raise UserError(f"{where.of(*lists)}: {lengths}; expected equally many, one a stage.")
    ends, blocks, rates = lists.values()
    ordered = {
        "UNFREEZING.UNTIL": [0, *ends, config.SCHEDULE.STEPS],
        "UNFREEZING.BLOCKS": [-1, *blocks],
    }
    for key, values in ordered.items():
        if any(after <= before for before, after in pairwise(values)):
            limit = f", below SCHEDULE.STEPS, {values[-1]:,}" if key.endswith("UNTIL") else ""
            found = f"{where.of(key)}: {key} is {lists[key]}"
            raise UserError(f"{found}; expected rising numbers{limit}.")
    if any(not 0 < rate < math.inf for rate in rates):
        key = "UNFREEZING.LEARNING_RATES"
        raise UserError(f"{where.of(key)}: {key} is {rates}; expected numbers over 0.")


def _check_sizes(config: CfgNode, where: _Where, processes: int) -> None:
    if config.BATCH.CONTEXT > config.MODEL.CONTEXT:
        raise UserError(
            f"{where.of('BATCH.CONTEXT', 'MODEL.CONTEXT')}: BATCH.CONTEXT is "
            f"{config.BATCH.CONTEXT}, over MODEL.CONTEXT, {config.MODEL.CONTEXT}; lower the one or "
            "raise the other."
        )
    if config.MODEL.WIDTH % config.MODEL.HEADS:
        raise UserError(
            f"{where.of('MODEL.WIDTH', 'MODEL.HEADS')}: MODEL.WIDTH is {config.MODEL.WIDTH}, not "
            f"a multiple of MODEL.HEADS, {config.MODEL.HEADS}; change one."
        )
    batch = config.BATCH
    at_once, remedy = "BATCH.MICRO x BATCH.CONTEXT", ""
    if processes > 1:
        at_once = f"{processes} processes x {at_once}"
        remedy = ", or change BATCH.MICRO or the number of processes (training.gpus of the config)"
    least = batch.MICRO * batch.CONTEXT * processes
    if batch.TOKENS % least:
        raise UserError(
            f"{where.of('BATCH.TOKENS', 'BATCH.MICRO', 'BATCH.CONTEXT')}: BATCH.TOKENS is "
            f"{batch.TOKENS:,}, not a multiple of {at_once}, {least:,}; set "
            f"{max(1, batch.TOKENS // least) * least:,}{remedy}."
        )
