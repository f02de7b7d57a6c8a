rule report:
    message:
        "Writing the report."
    input:
        extracted=every_part(rules.extract.output.stats),
        cleaned=every_part([rules.clean.output.stats, rules.clean.output.dropped]),
        deduped=every_part(rules.dedupe.output.stats),
        tokenizer=rules.tokenizer.output.stats,
        tokens=every_part(rules.encode.output.facts),
        metrics=rules.train.output.metrics,
        parity=rules.parity.output.parity,
        samples=rules.samples.output.json,
        code=code("report.py"),
        page=["gpt2ro/report/template.html", "gpt2ro/report/style.css"],
    output:
        report=f"{RESULTS}/report.html",
    log:
        f"{RESULTS}/logs/report.log",
    params:
        results=RESULTS,
        parts=every_part(SHARD),
    shell:
        "python workflow/scripts/report.py --results {params.results} --parts {params.parts} --output {output.report}" + LOGGED
