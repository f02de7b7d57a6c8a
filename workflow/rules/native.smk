EXTENSION = "gpt2ro/_native.abi3.so"


# Set-up has built it already; this is for a change of its sources. As with the versions of Python's
# libraries, another version in Cargo.lock is no reason to compute a corpus again.
rule native:
    message:
        "Building the Python extension in Rust."
    input:
        sources=rust_sources("corpus", "pretokenizer", "python"),
        code=code("build_native.py"),
    output:
        extension=EXTENSION,
    log:
        f"{RESULTS}/logs/native.log",
    threads: workflow.cores or 8
    resources:
        mem_mb=2000,
    shell:
        "python workflow/scripts/build_native.py --workspace rust --jobs {threads}"
        " --output {output.extension}" + LOGGED
