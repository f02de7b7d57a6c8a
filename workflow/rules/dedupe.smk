from gpt2ro.decontamination.settings import DecontaminationSettings
from gpt2ro.dedupe.settings import SignatureSettings

NEAR = SETTINGS["deduplication"]["near"]
DECONTAMINATE = SETTINGS["decontamination"]["words"] > 0

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
        flags=stage_flags("deduplication"),
        split=stage_flags("split"),
    resources:
        mem_mb=8000,
    shell:
        "python workflow/scripts/clusters.py --signatures {input.signatures}"
        " --documents {input.documents} --outputs {output.decisions}"
        " {params.flags} {params.split}" + LOGGED


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
        flags=stage_flags("decontamination"),
    resources:
        mem_mb=8000,
    shell:
        "python workflow/scripts/held_out.py index --input {input.ngrams}"
        " --output {output.index} {params.flags}" + LOGGED


rule dedupe:
    message:
        "Dropping the duplicates of {wildcards.source}/{wildcards.part}."
    input:
        documents=rules.clean.output.documents,
        decisions=f"{RESULTS}/clusters/{SHARD}.parquet",
        held_out=rules.held_out_index.output.index if DECONTAMINATE else [],
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
    resources:
        mem_mb=1000,
    shell:
        "python workflow/scripts/dedupe.py --input {input.documents}"
        " --decisions {input.decisions} --output {output.documents}"
        " --dropped {output.dropped} --stats {output.stats} {params.held_out} {params.flags}"
        + LOGGED
