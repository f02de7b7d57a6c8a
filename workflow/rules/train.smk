TRAINING = SETTINGS["training"]
MODEL_FILES = [
    "config.json",
    "generation_config.json",
    "model.safetensors",
    *TOKENIZER_FILES,
    "experiment.yaml",
]
PROBES = sorted(map(str, Path(TRAINING["probes"]).glob("*.tsv"))) if TRAINING["probes"] else []
if TRAINING["probes"] and not PROBES:
    sys.exit(f"gpt2ro: training.probes is {TRAINING['probes']}: no *.tsv there; name their folder.")
PRETRAINED = [] if TRAINING["initial_weights"] == "random" else rules.pretrained.output


def allowed_gpus() -> int:
    """How many GPUs jobs may use; without a limit, as many as are asked for."""
    limit = workflow.global_resources.get("gpu")
    return limit.value if limit else TRAINING["gpus"]


def train_tokens(_wildcards) -> list[str]:
    """What is trained on; asked for while the plan is made, so a fault ends it before the corpus."""
    with faults_told():
        check_for_training(SETTINGS, CONFIG)
        # A job on a node of a cluster plans for itself alone, with limits of its own.
        if workflow.is_main_process:
            check_gpus(TRAINING["gpus"], allowed_gpus(), CONFIG)
    return every_part(rules.encode.output.tokens + rules.encode.output.facts)


def initial_flag() -> str:
    return f"--pretrained {RESULTS}/pretrained" if PRETRAINED else ""


def checkpoint_flag() -> str:
    return shlex.join(["--checkpoint", TRAINING["checkpoint"]]) if TRAINING["checkpoint"] else ""


def probes_flag() -> str:
    return shlex.join(["--probes", TRAINING["probes"]]) if TRAINING["probes"] else ""


def override_flags(**more) -> str:
    return shlex.join(override_words(TRAINING["overrides"] | more))


# One process a GPU: torchrun starts several. Not a parameter: their number decides how fast, not
# what. A training that is told to stop ends an evaluation and writes a checkpoint first; torchrun
# would wait 30 seconds for that.
LAUNCHER = (
    f"torchrun --standalone --shutdown-timeout 3600 --nproc-per-node {TRAINING['gpus']}"
    if TRAINING["gpus"] > 1
    else "python"
)


# Checkpoints and TensorBoard files lie in {RESULTS}/training, outside the outputs: Snakemake
# deletes the outputs of a killed job, and a killed training must lose nothing.
rule train:
    message:
        "Training: {input.experiment}."
    input:
        experiment=TRAINING["experiment"],
        tokens=train_tokens,
        tokenizer=rules.tokenizer.output.files,
        pretrained=PRETRAINED,
        probes=PROBES,
        code=code("train.py"),
    output:
        model=expand(f"{RESULTS}/model/{{file}}", file=MODEL_FILES),
        metrics=f"{RESULTS}/metrics.json",
    log:
        f"{RESULTS}/logs/train.log",
    params:
        tokens=f"{RESULTS}/tokens",
        parts=every_part(SHARD),
        tokenizer=f"{RESULTS}/tokenizer",
        model=f"{RESULTS}/model",
        runs=f"{RESULTS}/training",
        initial=initial_flag(),
        checkpoint=checkpoint_flag(),
        probes=probes_flag(),
        overrides=override_flags(),
    threads: TRAINING["threads"]
    resources:
        gpu=TRAINING["gpus"],
        mem_mb=TRAINING["memory_mb"],
        runtime=TRAINING["walltime_minutes"],
    shell:
        "{LAUNCHER} workflow/scripts/train.py --experiment {input.experiment:q}"
        " --threads {threads} --tokens {params.tokens} --parts {params.parts}"
        " --tokenizer {params.tokenizer}"
        " --output {params.model} --metrics {output.metrics} --runs {params.runs} {params.initial}"
        " {params.checkpoint} {params.probes} {params.overrides}" + LOGGED


# What the initial weights are worth: random ones of their shape, with all else alike. Nothing is
# frozen, as random blocks have nothing to keep.
BASELINE = f"{RESULTS}/baseline"
UNFROZEN = {f"UNFREEZING.{key}": [] for key in ("UNTIL", "BLOCKS", "LEARNING_RATES")}

if PRETRAINED:

    use rule train as baseline with:
        message:
            "Training from random weights beside: {input.experiment}."
        input:
            experiment=rules.train.input.experiment,
            tokens=rules.train.input.tokens,
            tokenizer=rules.train.input.tokenizer,
            pretrained=rules.pretrained.output.config,
            probes=rules.train.input.probes,
            code=rules.train.input.code,
        output:
            model=expand(f"{BASELINE}/model/{{file}}", file=MODEL_FILES),
            metrics=f"{BASELINE}/metrics.json",
        log:
            f"{RESULTS}/logs/baseline.log",
        params:
            model=f"{BASELINE}/model",
            initial=f"--shape {RESULTS}/pretrained",
            checkpoint="",
            overrides=override_flags(**UNFROZEN),
