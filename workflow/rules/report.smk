import json

from gpt2ro.sources.left_out import by_reason

WITH_BASELINE = rules.baseline.output.metrics if TRAINING["baseline"] else []


def baseline_flag() -> str:
    return f"--baseline {BASELINE}/metrics.json" if WITH_BASELINE else ""


rule card:
    message:
        "Writing the card of the model."
    input:
        model=rules.train.output.model,
        metrics=rules.train.output.metrics,
        baseline=WITH_BASELINE,
        catalogue=SETTINGS["catalogue"],
        code=code("card.py"),
        page="gpt2ro/report/card.md",
    output:
        card=f"{RESULTS}/model/README.md",
    log:
        f"{RESULTS}/logs/card.log",
    params:
        model=f"{RESULTS}/model",
        initial_weights=TRAINING["initial_weights"],
        baseline=baseline_flag(),
    shell:
        "python workflow/scripts/card.py --model {params.model} --metrics {input.metrics}"
        " --catalogue {input.catalogue:q} --initial-weights {params.initial_weights:q}"
        " --output {output.card} {params.baseline}" + LOGGED


def left_out_flags(_wildcards) -> str:
    """The files of the sources that no part has; nothing of them is in what the steps wrote."""
    told = {name: by_reason(found.left_out) for name, found in FOUND.items() if found.left_out}
    words = [json.dumps({name: files}, ensure_ascii=False) for name, files in told.items()]
    return shlex.join(f"--left-out={word}" for word in words)


CORPUS_PAGE = [
    f"gpt2ro/report/{name}" for name in ("corpus_sections.html", "macros.html", "style.css")
]


rule corpus_report:
    message:
        "Writing the page on the corpus."
    input:
        extracted=every_part(rules.extract.output.stats),
        cleaned=every_part([rules.clean.output.stats, rules.clean.output.dropped]),
        deduped=every_part([rules.dedupe.output.stats, rules.dedupe.output.dropped]),
        code=code("corpus_report.py"),
        page=["gpt2ro/report/corpus.html", *CORPUS_PAGE],
    output:
        page=f"{RESULTS}/corpus.html",
    log:
        f"{RESULTS}/logs/corpus_report.log",
    params:
        results=RESULTS,
        parts=every_part(SHARD),
        left_out=left_out_flags,
    shell:
        "python workflow/scripts/corpus_report.py --results {params.results}"
        " --parts {params.parts} --output {output.page} {params.left_out}" + LOGGED


rule report:
    message:
        "Writing the report."
    input:
        extracted=every_part(rules.extract.output.stats),
        cleaned=every_part([rules.clean.output.stats, rules.clean.output.dropped]),
        deduped=every_part([rules.dedupe.output.stats, rules.dedupe.output.dropped]),
        tokenizer=rules.tokenizer.output.stats,
        comparison=rules.tokenizer_comparison.output.comparison if COMPARED else [],
        tokens=every_part(rules.encode.output.facts),
        metrics=rules.train.output.metrics,
        baseline=WITH_BASELINE,
        parity=rules.parity.output.parity,
        samples=rules.samples.output.json,
        code=code("report.py"),
        page=["gpt2ro/report/template.html", *CORPUS_PAGE],
    output:
        report=f"{RESULTS}/report.html",
    log:
        f"{RESULTS}/logs/report.log",
    params:
        results=RESULTS,
        parts=every_part(SHARD),
        comparison=f"--comparison {RESULTS}/tokenizer_comparison.json" if COMPARED else "",
        baseline=baseline_flag(),
        left_out=left_out_flags,
    shell:
        "python workflow/scripts/report.py --results {params.results} --parts {params.parts}"
        " --output {output.report} {params.comparison} {params.baseline} {params.left_out}" + LOGGED
