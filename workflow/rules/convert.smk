DEPLOY_FILES = [
    "rust_model.ot",
    "rust_model_fp16.ot",
    "model.gguf",
    "config.json",
    "vocab.json",
    "merges.txt",
    "tokenizer.json",
    "MANIFEST.json",
]

# What the rounded precisions are measured on; without a test split, what there is.
HELD_OUT = "test" if SETTINGS["split"]["test"] else "valid"


rule convert:
    message:
        "Converting the model for the Rust binary."
    input:
        model=rules.train.output.model,
        code=code("convert.py"),
    output:
        deploy=expand(f"{RESULTS}/deploy/{{file}}", file=DEPLOY_FILES),
    log:
        f"{RESULTS}/logs/convert.log",
    params:
        model=f"{RESULTS}/model",
        folder=f"{RESULTS}/deploy",
    resources:
        mem_mb=8000,
    shell:
        "python workflow/scripts/convert.py --model {params.model}"
        " --output {params.folder}" + LOGGED


rule parity:
    message:
        "Comparing the binary with PyTorch."
    input:
        model=rules.train.output.model,
        deploy=rules.convert.output.deploy,
        binary=rules.rust.output.binary,
        with_torch=rules.rust.output.with_torch,
        prompts=SETTINGS["parity"]["prompts"],
        test=every_part(
            [f"{RESULTS}/tokens/{HELD_OUT}/{SHARD}{kind}" for kind in (".bin", ".json")]
        ),
        code=code("parity.py"),
    output:
        parity=f"{RESULTS}/parity.json",
    log:
        f"{RESULTS}/logs/parity.log",
    params:
        model=f"{RESULTS}/model",
        deploy=f"{RESULTS}/deploy",
        tolerance=SETTINGS["parity"]["tolerance"],
        greedy_tokens=SETTINGS["parity"]["greedy_tokens"],
        test=f"{RESULTS}/tokens/{HELD_OUT}",
        parts=every_part(SHARD),
        test_megabytes=SETTINGS["parity"]["test_megabytes"],
        bounds=[f"{name}={share}" for name, share in SETTINGS["parity"]["bits_per_byte"].items()],
    threads: 2
    resources:
        mem_mb=8000,
    shell:
        "python workflow/scripts/parity.py --model {params.model} --deploy {params.deploy}"
        " --binary {input.binary} --prompts {input.prompts:q} --output {output.parity}"
        " --tolerance {params.tolerance} --greedy-tokens {params.greedy_tokens}"
        " --test {params.test} --parts {params.parts} --test-megabytes {params.test_megabytes}"
        " --bits-per-byte {params.bounds} --threads {threads}" + LOGGED
