from importlib.metadata import version


def rust_sources() -> list[str]:
    """Everything cargo reads: manifests, the lock, its settings, the shim and the sources."""
    kinds = (".rs", ".toml", ".lock", ".h")
    paths = (path for path in Path("rust").rglob("*") if path.suffix in kinds)
    return sorted(str(path) for path in paths if not {"target", "tests"} & set(path.parts))


rule rust:
    message:
        "Building the Rust binary."
    input:
        sources=rust_sources(),
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
