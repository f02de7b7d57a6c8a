from gpt2ro.decontamination.settings import DecontaminationSettings
from gpt2ro.dedupe.settings import SignatureSettings
from gpt2ro.lines.settings import LineIndexSettings, LineSettings, ParagraphSettings

NEAR = SETTINGS["deduplication"]["near"]
DECONTAMINATE = SETTINGS["decontamination"]["words"] > 0

LINE_SETTINGS = LineSettings(**SETTINGS["lines"])
PARAGRAPH_FLAGS = flags(ParagraphSettings, SETTINGS["lines"])
MIN_CHARACTERS = SETTINGS["cleaning"]["min_characters"]


def line_index(wildcards) -> list[str]:
    """The index of lines, for a part of a source from which repeated lines are removed."""
    web = SOURCES[wildcards.source].web
    return rules.line_index.output.index if LINE_SETTINGS.looks_at(web) else []


def line_flags(wildcards) -> str:
    """Which lines go, for a part whose lines are looked at."""
    if not line_index(wildcards):
        return ""
    return f"--lines {RESULTS}/lines/index.bin --min-share {LINE_SETTINGS.min_share}"


rule signatures:
    message:
        "Computing signatures of {wildcards.source}/{wildcards.part}."
    input:
        documents=rules.clean.output.documents,
        native=EXTENSION,
        code=code("signatures.py"),
    output:
        signatures=f"{RESULTS}/signatures/{SHARD}.parquet",
    log:
        f"{RESULTS}/logs/signatures/{SHARD}.log",
    params:
        # Only what signatures depend on: another threshold compares again, but signs nothing again.
        flags=flags(SignatureSettings, SETTINGS["deduplication"]),
    resources:
        mem_mb=1000,
    shell:
        "python workflow/scripts/signatures.py --input {input.documents}"
        " --output {output.signatures} {params.flags}" + LOGGED


rule clusters:
    message:
        "Clustering the duplicates of all sources and splitting by cluster."
    input:
        signatures=every_part(rules.signatures.output.signatures),
        # Read to compare near-duplicates only.
        documents=every_part(rules.clean.output.documents) if NEAR else [],
        native=EXTENSION,
        code=code("clusters.py"),
    output:
        decisions=every_part(f"{RESULTS}/clusters/{SHARD}.parquet"),
    log:
        f"{RESULTS}/logs/clusters.log",
    params:
        flags=stage_flags("deduplication", "sort_megabytes"),
        split=stage_flags("split"),
    resources:
        mem_mb=8000,
        # Not a parameter: with less memory it takes longer, and decides the same.
        sort_mb=SETTINGS["deduplication"]["sort_megabytes"],
    shell:
        "python workflow/scripts/clusters.py --signatures {input.signatures}"
        " --documents {input.documents} --outputs {output.decisions}"
        " {params.flags} {params.split} --sort-megabytes={resources.sort_mb}" + LOGGED


rule held_out:
    message:
        "Collecting the held-out n-grams of {wildcards.source}/{wildcards.part}."
    input:
        documents=rules.clean.output.documents,
        decisions=f"{RESULTS}/clusters/{SHARD}.parquet",
        native=EXTENSION,
        code=code("held_out.py"),
    output:
        ngrams=f"{RESULTS}/held_out/{SHARD}.bin",
    log:
        f"{RESULTS}/logs/held_out/{SHARD}.log",
    params:
        words=SETTINGS["decontamination"]["words"],
    resources:
        mem_mb=1000,
    shell:
        "python workflow/scripts/held_out.py part --input {input.documents}"
        " --decisions {input.decisions} --output {output.ngrams} --words {params.words}" + LOGGED


rule held_out_index:
    message:
        "Merging the held-out n-grams of all parts and benchmarks."
    input:
        ngrams=every_part(rules.held_out.output.ngrams),
        benchmarks=DecontaminationSettings(**SETTINGS["decontamination"]).benchmark_files,
        native=EXTENSION,
        code=code("held_out.py"),
    output:
        index=f"{RESULTS}/held_out/index.bin",
    log:
        f"{RESULTS}/logs/held_out.log",
    params:
        flags=stage_flags("decontamination", "max_removed"),
    resources:
        mem_mb=8000,
    shell:
        "python workflow/scripts/held_out.py index --input {input.ngrams}"
        " --output {output.index} {params.flags}" + LOGGED


rule lines:
    message:
        "Counting the lines of {wildcards.source}/{wildcards.part} by site."
    input:
        documents=rules.clean.output.documents,
        decisions=f"{RESULTS}/clusters/{SHARD}.parquet",
        native=EXTENSION,
        code=code("lines.py"),
    output:
        counts=f"{RESULTS}/lines/{SHARD}.bin",
    log:
        f"{RESULTS}/logs/lines/{SHARD}.log",
    resources:
        mem_mb=1000,
    shell:
        "python workflow/scripts/lines.py part --input {input.documents}"
        " --decisions {input.decisions} --output {output.counts}" + LOGGED


rule line_index:
    message:
        "Merging the lines of all parts."
    input:
        counts=[
            f"{RESULTS}/lines/{source}/{part}.bin"
            for source, part in PARTS
            if LINE_SETTINGS.looks_at(SOURCES[source].web)
        ],
        native=EXTENSION,
        code=code("lines.py"),
    output:
        index=f"{RESULTS}/lines/index.bin",
    log:
        f"{RESULTS}/logs/lines.log",
    params:
        flags=flags(LineIndexSettings, SETTINGS["lines"]),
    resources:
        mem_mb=1000,
    shell:
        "python workflow/scripts/lines.py index --input {input.counts}"
        " --output {output.index} {params.flags}" + LOGGED


rule paragraphs:
    message:
        "Counting the paragraphs of {wildcards.source}/{wildcards.part}."
    input:
        documents=rules.clean.output.documents,
        decisions=f"{RESULTS}/clusters/{SHARD}.parquet",
        held_out=rules.held_out_index.output.index if DECONTAMINATE else [],
        lines=line_index,
        native=EXTENSION,
        code=code("paragraphs.py"),
    output:
        train=f"{RESULTS}/paragraphs/{SHARD}.train.bin",
        held_out=f"{RESULTS}/paragraphs/{SHARD}.held_out.bin",
    log:
        f"{RESULTS}/logs/paragraphs/{SHARD}.log",
    params:
        held_out=f"--held-out {RESULTS}/held_out/index.bin" if DECONTAMINATE else "",
        flags=stage_flags("decontamination"),
        lines=line_flags,
        characters=MIN_CHARACTERS,
        paragraphs=PARAGRAPH_FLAGS,
    resources:
        mem_mb=1000,
    shell:
        "python workflow/scripts/paragraphs.py part --input {input.documents}"
        " --decisions {input.decisions} --output {output.train}"
        " --held-out-output {output.held_out} {params.held_out} {params.flags} {params.lines}"
        " --min-characters {params.characters} {params.paragraphs}" + LOGGED


rule paragraph_index:
    message:
        "Merging the paragraphs of all parts."
    input:
        train=every_part(rules.paragraphs.output.train),
        held_out=every_part(rules.paragraphs.output.held_out),
        native=EXTENSION,
        code=code("paragraphs.py"),
    output:
        index=f"{RESULTS}/paragraphs/index.bin",
        parts=f"{RESULTS}/paragraphs/index.json",
    log:
        f"{RESULTS}/logs/paragraphs.log",
    params:
        prefer=shlex.quote(SETTINGS["deduplication"]["prefer_sources"]),
    resources:
        mem_mb=1000,
    shell:
        "python workflow/scripts/paragraphs.py index --input {input.train}"
        " --held-out-input {input.held_out} --output {output.index}"
        " --prefer-sources {params.prefer}" + LOGGED


rule dedupe:
    message:
        "Dropping the duplicates of {wildcards.source}/{wildcards.part}."
    input:
        documents=rules.clean.output.documents,
        decisions=f"{RESULTS}/clusters/{SHARD}.parquet",
        held_out=rules.held_out_index.output.index if DECONTAMINATE else [],
        lines=line_index,
        paragraphs=rules.paragraph_index.output if LINE_SETTINGS.paragraphs else [],
        native=EXTENSION,
        code=code("dedupe.py"),
    output:
        documents=f"{RESULTS}/deduped/{SHARD}.jsonl.zst",
        dropped=f"{RESULTS}/deduped/{SHARD}.dropped.jsonl.zst",
        stats=f"{RESULTS}/deduped/{SHARD}.stats.json",
    log:
        f"{RESULTS}/logs/dedupe/{SHARD}.log",
    params:
        held_out=f"--held-out {RESULTS}/held_out/index.bin" if DECONTAMINATE else "",
        flags=stage_flags("decontamination"),
        lines=line_flags,
        characters=MIN_CHARACTERS,
        paragraphs=(
            f"--paragraphs {RESULTS}/paragraphs/index.bin {PARAGRAPH_FLAGS}"
            if LINE_SETTINGS.paragraphs
            else ""
        ),
    resources:
        mem_mb=1000,
    shell:
        "python workflow/scripts/dedupe.py --input {input.documents}"
        " --decisions {input.decisions} --output {output.documents}"
        " --dropped {output.dropped} --stats {output.stats} {params.held_out} {params.flags}"
        " {params.lines} --min-characters {params.characters} {params.paragraphs}" + LOGGED
