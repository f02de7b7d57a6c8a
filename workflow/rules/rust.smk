from importlib.metadata import version


rule rust:
    message:
        "Building the Rust binary."
    input:
        sources=rust_sources("app", "engine", "shim", ".cargo") + ["rust/Cargo.toml", "rust/Cargo.lock"],
        code=code("build_rust.py"),
    output:
        binary=f"{RESULTS}/bin/gpt2ro",
    log:
        f"{RESULTS}/logs/rust.log",
    params:
        # The binary links to the installed PyTorch, and cargo does not see it change.
        torch=version("torch"),
    threads: workflow.cores or 8
    resources:
        mem_mb=4000,
    shell:
        "python workflow/scripts/build_rust.py --workspace rust --jobs {threads}"
        " --output {output.binary}" + LOGGED
