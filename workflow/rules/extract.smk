def raw_file(wildcards) -> str:
    """Where the part lies: local files are read in place, the others are downloaded."""
    local = PARTS[wildcards.source, wildcards.part].path
    return str(local) if local else rules.download.output.raw.format(**wildcards)


rule extract:
    message:
        "Extracting documents of {wildcards.source}/{wildcards.part}."
    input:
        raw=raw_file,
        code=code("extract.py"),
    output:
        documents=f"{RESULTS}/extracted/{SHARD}.jsonl.zst",
        stats=f"{RESULTS}/extracted/{SHARD}.stats.json",
    log:
        f"{RESULTS}/logs/extract/{SHARD}.log",
    params:
        entry=catalogue_entry,
        source=source_flags,
        flags=stage_flags("extraction"),
    resources:
        mem_mb=1000,
    shell:
        "python workflow/scripts/extract.py {params.source} --input {input.raw:q}"
        " --output {output.documents} --stats {output.stats} {params.flags}" + LOGGED
