from importlib.metadata import version


BINARY_SOURCES = rust_sources("app", "engine", "pretokenizer", "tokenizer") + [
    "rust/Cargo.toml",
    "rust/Cargo.lock",
]


rule rust:
    message:
        "Building the Rust binaries."
    input:
        sources=BINARY_SOURCES + rust_sources("rust-bert", "shim", ".cargo"),
        code=code("build_rust.py"),
    output:
        binary=f"{RESULTS}/bin/gpt2ro",
        # Started by the binary for --backend rust-bert.
        with_torch=f"{RESULTS}/bin/gpt2ro-rust-bert",
    log:
        f"{RESULTS}/logs/rust.log",
    params:
        # The second links to the installed PyTorch, and cargo does not see it change.
        torch=version("torch"),
    threads: workflow.cores or 8
    resources:
        mem_mb=4000,
    shell:
        "python workflow/scripts/build_rust.py --workspace rust --jobs {threads}"
        " --output {output.binary}" + LOGGED


# Asked for by its name: snakemake results/bin/gpt2ro-static
rule rust_static:
    message:
        "Building a Rust binary that needs nothing else."
    input:
        sources=BINARY_SOURCES,
        code=code("build_rust.py"),
    output:
        binary=f"{RESULTS}/bin/gpt2ro-static",
    log:
        f"{RESULTS}/logs/rust-static.log",
    threads: workflow.cores or 8
    resources:
        mem_mb=4000,
    shell:
        "python workflow/scripts/build_rust.py --workspace rust --static --jobs {threads}"
        " --output {output.binary}" + LOGGED
