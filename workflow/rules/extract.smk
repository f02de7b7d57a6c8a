from gpt2ro.sources.formats import BY_EXTENSION
from gpt2ro.sources.settings import concerning


def extension_of_extract(wildcards) -> list[str]:
    """The extension, for parts of a format that is read with it; the others do without it."""
    return [EXTENSION] if part_of(wildcards).formats & set(BY_EXTENSION) else []


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
        native=extension_of_extract,
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
