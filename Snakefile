"""gpt2ro: raw Romanian text in, a Romanian GPT-2 and a Rust binary that speaks it out."""

import gc

from snakemake.utils import min_version

min_version("9.0")

# What Snakemake has imported stays to the end. Looking through it now and again for what is no
# longer used, and once more at the end, took a fifth of a second of each run.
gc.freeze()


include: "workflow/rules/config_files.smk"


# A config named with --configfile replaces this one; keys given with --config are laid over either.
if not workflow.overwrite_configfiles:

    configfile: DEFAULT_CONFIG


include: "workflow/rules/checksums.smk"
include: "workflow/rules/unfinished.smk"
include: "workflow/rules/reevaluation.smk"
include: "workflow/rules/failures.smk"
include: "workflow/rules/common.smk"
include: "workflow/rules/download.smk"
include: "workflow/rules/native.smk"
include: "workflow/rules/extract.smk"
include: "workflow/rules/clean.smk"
include: "workflow/rules/dedupe.smk"
include: "workflow/rules/tokenizer.smk"
include: "workflow/rules/train.smk"
include: "workflow/rules/rust.smk"
include: "workflow/rules/convert.smk"
include: "workflow/rules/samples.smk"
include: "workflow/rules/report.smk"
include: "workflow/rules/targets.smk"
include: "workflow/rules/nothing_to_do.smk"


localrules:
    all,
    corpus,
    deploy,
    download,
    other_tokenizer,
    pretrained,


rule all:
    default_target: True
    message:
        f"Everything is ready in {RESULTS}: samples.txt, report.html, model, deploy, bin."
    input:
        # What is used from here on; of what lies between, files may be deleted to free the disk.
        rules.train.output,
        rules.convert.output,
        rules.rust.output,
        rules.samples.output,
        rules.card.output,
        rules.report.output,


rule corpus:
    message:
        f"The corpus is ready: cleaned, without duplicates, split. {RESULTS}/corpus.html shows it."
    input:
        every_part(rules.dedupe.output),
        rules.corpus_report.output,


rule deploy:
    message:
        "Everything that runs without Python is ready."
    input:
        rules.convert.output,
        rules.rust.output,
        rules.parity.output,
