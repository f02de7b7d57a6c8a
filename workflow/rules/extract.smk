from gpt2ro.sources.formats import OF_LINES
from gpt2ro.sources.settings import concerning


def extension_of_lines(wildcards) -> list[str]:
    """The extension, for parts of lines of text: a dump of Wikipedia does without it."""
    return [EXTENSION] if part_of(wildcards).formats & set(OF_LINES) else []


def extraction_flags(wildcards) -> str:
    """The settings that concern the part, so that another one does not read a dump again."""
    source = SOURCES[wildcards.source]
    section = SETTINGS["extraction"] | source.extraction
    formats = part_of(wildcards).formats | ({"mediawiki"} if source.wikipedia else set())
    return flags(STAGES["extraction"], concerning(section, formats))


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
        wikipedia=lambda wildcards: "--wikipedia" if SOURCES[wildcards.source].wikipedia else "",
        flags=extraction_flags,
    resources:
        mem_mb=1000,
    shell:
        "python workflow/scripts/extract.py --source {wildcards.source} --part {wildcards.part}"
        " {params.part} {params.wikipedia} --input {input.raw:q} --output {output.documents}"
        " --stats {output.stats} {params.flags}" + LOGGED
