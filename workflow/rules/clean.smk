rule clean:
    message:
        "Cleaning {wildcards.source}/{wildcards.part}."
    input:
        documents=rules.extract.output.documents,
        native=EXTENSION,
        code=code("clean.py"),
    output:
        documents=f"{RESULTS}/cleaned/{SHARD}.jsonl.zst",
        dropped=f"{RESULTS}/cleaned/{SHARD}.dropped.jsonl.zst",
        stats=f"{RESULTS}/cleaned/{SHARD}.stats.json",
    log:
        f"{RESULTS}/logs/clean/{SHARD}.log",
    params:
        # Whether the source is crawled text.
        web=lambda wildcards: "--web" if SOURCES[wildcards.source].web else "",
        flags=stage_flags("cleaning"),
    resources:
        mem_mb=1000,
    shell:
        "python workflow/scripts/clean.py --input {input.documents} --output {output.documents}"
        " --dropped {output.dropped} --stats {output.stats} {params.web} {params.flags}" + LOGGED
