from gpt2ro.sources.formats import AUTO, OF_LINES


def extension_of_lines(wildcards) -> list[str]:
    """The extension, for parts of lines of text: a dump of Wikipedia does without it."""
    return [EXTENSION] if part_of(wildcards).format in (AUTO, *OF_LINES) else []


rule extract:
    message:
        "Extracting documents of {wildcards.source}/{wildcards.part}."
    input:
        raw=raw_files,
        native=extension_of_lines,
        code=code("extract.py"),
    output:
        documents=f"{RESULTS}/extracted/{SHARD}.jsonl.zst",
        stats=f"{RESULTS}/extracted/{SHARD}.stats.json",
    log:
        f"{RESULTS}/logs/extract/{SHARD}.log",
    params:
        part=lambda wildcards: part_of(wildcards).extract_flags(),
        flags=stage_flags("extraction"),
    resources:
        mem_mb=1000,
    shell:
        "python workflow/scripts/extract.py --source {wildcards.source} --part {wildcards.part}"
        " {params.part} --input {input.raw:q} --output {output.documents} --stats {output.stats}"
        " {params.flags}" + LOGGED
