TOKENIZER_FILES = ["tokenizer.json", "vocab.json", "merges.txt", "tokenizer_config.json"]
SPLITS = ["train", "valid", "test"]


rule tokenizer:
    message:
        "Training the tokenizer on the train split."
    input:
        documents=every_part(rules.dedupe.output.documents),
        sizes=every_part(rules.dedupe.output.stats),
        native=EXTENSION,
        code=code("tokenizer.py"),
    output:
        files=expand(f"{RESULTS}/tokenizer/{{file}}", file=TOKENIZER_FILES),
        stats=f"{RESULTS}/tokenizer/stats.json",
    log:
        f"{RESULTS}/logs/tokenizer.log",
    params:
        flags=stage_flags("tokenizer"),
        folder=f"{RESULTS}/tokenizer",
    threads: workflow.cores or 8
    resources:
        mem_mb=8000,
    shell:
        "RAYON_NUM_THREADS={threads} python workflow/scripts/tokenizer.py"
        " --input {input.documents} --stats {input.sizes} --output {params.folder}"
        " --threads {threads} {params.flags}" + LOGGED


INITIAL = SETTINGS["training"]["initial_weights"]
# The model whose tokenizer stands beside ours; none if the config names no model.
COMPARED = SETTINGS["report"]["tokenizer_of"] or (None if INITIAL == "random" else INITIAL)


rule other_tokenizer:
    message:
        "Fetching the tokenizer of {params.model}."
    input:
        local=local_files(COMPARED, "tokenizer.json") if COMPARED else [],
    output:
        tokenizer=f"{RESULTS}/other_tokenizer/tokenizer.json",
    log:
        f"{RESULTS}/logs/other_tokenizer.log",
    params:
        model=COMPARED,
        folder=f"{RESULTS}/other_tokenizer",
    shell:
        "python workflow/scripts/pretrained.py --model {params.model:q} --tokenizer-only"
        " --output {params.folder}" + LOGGED


rule tokenizer_comparison:
    message:
        "Comparing the tokenizer with that of {params.name}."
    input:
        documents=every_part(rules.dedupe.output.documents),
        tokenizer=f"{RESULTS}/tokenizer/tokenizer.json",
        other=(rules.pretrained if COMPARED == INITIAL else rules.other_tokenizer).output.tokenizer,
        code=code("tokenizer_comparison.py"),
    output:
        comparison=f"{RESULTS}/tokenizer_comparison.json",
    log:
        f"{RESULTS}/logs/tokenizer_comparison.log",
    params:
        name=COMPARED,
    shell:
        "python workflow/scripts/tokenizer_comparison.py --input {input.documents}"
        " --tokenizer {input.tokenizer} --other {input.other} --name {params.name:q}"
        " --output {output.comparison}" + LOGGED


rule encode:
    message:
        "Encoding {wildcards.source}/{wildcards.part} as tokens."
    input:
        documents=rules.dedupe.output.documents,
        tokenizer=f"{RESULTS}/tokenizer/tokenizer.json",
        native=EXTENSION,
        code=code("encode.py"),
    output:
        tokens=[f"{RESULTS}/tokens/{split}/{SHARD}.bin" for split in SPLITS],
        facts=[f"{RESULTS}/tokens/{split}/{SHARD}.json" for split in SPLITS],
    log:
        f"{RESULTS}/logs/encode/{SHARD}.log",
    resources:
        mem_mb=1000,
    shell:
        "RAYON_NUM_THREADS={threads} python workflow/scripts/encode.py"
        " --input {input.documents} --tokenizer {input.tokenizer} --train {output.tokens[0]}"
        " --valid {output.tokens[1]} --test {output.tokens[2]}" + LOGGED
