import runpy
from pathlib import Path

import pytest

from gpt2ro.errors import UserError
from gpt2ro.training.config import defaults, load_experiment

ROOT = Path(__file__).resolve().parents[2]
EXPERIMENTS = sorted((ROOT / "config" / "experiments").glob("*.yaml"))


@pytest.mark.parametrize("path", EXPERIMENTS, ids=lambda path: path.stem)
def test_every_shipped_experiment_is_valid(path: Path) -> None:
    assert load_experiment(path, []).SCHEDULE.STEPS > 0


def load(tmp_path: Path, text: str, *overrides: str):
    path = tmp_path / "mine.yaml"
    path.write_text(text)
    return load_experiment(path, list(overrides))


def test_a_file_and_then_overrides_are_laid_over_the_defaults(tmp_path: Path) -> None:
    config = load(tmp_path, "MODEL: {LAYERS: 3}\nSEED: 4", "MODEL.LAYERS", "5")
    assert (config.MODEL.LAYERS, config.SEED, config.MODEL.HEADS) == (5, 4, 12)


def test_numbers_may_be_written_as_people_write_them(tmp_path: Path) -> None:
    config = load(tmp_path, "OPTIMIZER: {LEARNING_RATE: 1e-3, CLIP: 1}")
    assert config.OPTIMIZER.LEARNING_RATE == 0.001
    assert config.OPTIMIZER.CLIP == 1.0


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("OPTIMIZER: {LERNING_RATE: 1}", 'unknown key "OPTIMIZER.LERNING_RATE"; did you mean "OPT'),
        ("MODEL: {LAYERS: many}", "MODEL.LAYERS is 'many'; expected a whole number."),
        ("MODEL: {LAYERS: 1.5}", "MODEL.LAYERS is 1.5; expected a whole number."),
        ("SEED: true", "SEED is True; expected a whole number."),
        ("PRECISION: fp8", "PRECISION is fp8; allowed: float32, bfloat16, float16."),
        ("BATCH: {CONTEXT: 2048}", "BATCH.CONTEXT is 2048, over MODEL.CONTEXT, 1024;"),
        ("MODEL: {WIDTH: 100}", "MODEL.WIDTH is 100, not a multiple of MODEL.HEADS, 12;"),
        ("BATCH: {TOKENS: 10000}", "BATCH.TOKENS is 10,000, not a multiple .* set 8,192."),
        ("SCHEDULE: {WARMUP: -1}", "SCHEDULE.WARMUP is -1; expected 0 or more."),
        ("GUARD: {TRESHOLD: 6}", 'unknown key "GUARD.TRESHOLD"; did you mean "GUARD.THRESHOLD"'),
        ("BATCH: {CONTEXT: 1}", "BATCH.CONTEXT is 1; expected 2 or more."),
        (f"OPTIMIZER: {{CLIP: 1{'0' * 400}}}", "OPTIMIZER.CLIP is 10*; expected a number."),
        ("GUARD: {WINDOW: 7}", "GUARD.WINDOW is 7; expected 8 or more."),
        ("GUARD: {RATE_FACTOR: 1.5}", "GUARD.RATE_FACTOR is 1.5; expected 1 or less."),
        ("GUARD: {SKIPS: 0}", "GUARD.SKIPS is 0; expected more than 0."),
        ("DEGENERATION: {SILENCE: 2}", "DEGENERATION.SILENCE is 2.0; expected 1 or less."),
        ("COMPILE: 1", "COMPILE is 1; expected true or false."),
        ("OPTIMIZER: {EMA_DECAY: 1}", "OPTIMIZER.EMA_DECAY is 1.0; expected less than 1."),
        ("SCHEDULE: {NAME: wds}", "SCHEDULE.NAME is wds; allowed: cosine, wsd."),
        ("SCHEDULE: {COOLDOWN: 1.5}", "SCHEDULE.COOLDOWN is 1.5; expected 1 or less."),
        ("SCHEDULE: {FROZEN_STEPS: 5}", 'unknown key "SCHEDULE.FROZEN_STEPS";'),
        ("UNFREEZING: {UNTIL: [0.5]}", "UNFREEZING.UNTIL, 0.5, is 0.5; expected a whole number."),
        (
            "UNFREEZING: {UNTIL: [5, 9], BLOCKS: [0]}",
            "UNTIL has 2 items, UNFREEZING.BLOCKS has 1 items, .*; expected equally many",
        ),
        (
            "UNFREEZING: {UNTIL: [9, 5], BLOCKS: [0, 1], LEARNING_RATES: [1, 1]}",
            r"UNFREEZING.UNTIL is \[9, 5\]; expected rising numbers, below SCHEDULE.STEPS, 10,000.",
        ),
        (
            "UNFREEZING: {UNTIL: [5, 9], BLOCKS: [1, 1], LEARNING_RATES: [1, 1]}",
            r"UNFREEZING.BLOCKS is \[1, 1\]; expected rising numbers.",
        ),
        (
            "UNFREEZING: {UNTIL: [5], BLOCKS: [0], LEARNING_RATES: [0]}",
            r"UNFREEZING.LEARNING_RATES is \[0.0\]; expected numbers over 0.",
        ),
        ("STEPS: 5", 'unknown key "STEPS"; did you mean "SCHEDULE.STEPS"?'),
        ("optimizer: {learning_rate: 1}", '; did you mean "OPTIMIZER.LEARNING_RATE"?'),
        ("EVERY: 1", '; did you mean "EVALUATION.EVERY" or "CHECKPOINT.EVERY"?'),
        ("SEED: 99999999999999999999", "SEED is 99999999999999999999; expected 4294967295 or"),
        ("OPTIMIZER: {LEARNING_RATE: 1e-5}", "MIN_LEARNING_RATE is 3e-05, over .*, 1e-05; lower"),
        ("BATCH: 5", "BATCH is 5; it is a section: expected keys in it."),
        ("- 1", "expected sections of keys, found list."),
    ],
)
def test_a_fault_names_file_key_and_what_is_expected(
    tmp_path: Path, text: str, message: str
) -> None:
    with pytest.raises(UserError, match=f"mine.yaml:? .*{message}"):
        load(tmp_path, text)


def test_a_section_of_comments_only_changes_nothing(tmp_path: Path) -> None:
    assert load(tmp_path, "BATCH:\n  # MICRO: 4\nSEED: 7").BATCH == defaults().BATCH


def test_overrides_may_stand_between_the_flags_of_the_script(monkeypatch) -> None:
    words = "train.py --runs r SEED 5 --output o --metrics m SEEED 6 --experiment {} --tokens t"
    monkeypatch.setattr("sys.argv", [*words.format(EXPERIMENTS[0]).split(), "--tokenizer", "t"])
    main = runpy.run_path(str(ROOT / "workflow" / "scripts" / "train.py"))["main"]
    with pytest.raises(UserError, match='unknown key "SEEED"; did you mean "SEED"'):
        main()


def test_an_override_without_value_is_told(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="overrides: SEED has no value"):
        load(tmp_path, "", "SEED")


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["OPTIMIZER.NAME", "admaw"], "^overrides: OPTIMIZER.NAME is admaw; allowed"),
        (["GUARD.WINDOW", "7"], "^overrides: GUARD.WINDOW is 7; expected 8 or more"),
        (["MODEL.HEADS", "5"], "^overrides: MODEL.WIDTH is 768, not a multiple"),
        (["SEED", "2"], "mine.yaml: SCHEDULE.NAME is wds; allowed"),
    ],
)
def test_a_fault_of_an_override_is_looked_for_there(tmp_path: Path, words, message) -> None:
    with pytest.raises(UserError, match=message):
        load(tmp_path, "SCHEDULE: {NAME: wds}" if words[0] == "SEED" else "", *words)
