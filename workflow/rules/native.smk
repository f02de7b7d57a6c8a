EXTENSION = "gpt2ro/_native.abi3.so"
EXTENSION_SOURCES = rust_sources("corpus", "python")


# Set-up has built it already; this is for a change of its sources. Rules that use it take the
# sources as code, and the file as ancient: a file that was only built again reruns nothing.
rule native:
    message:
        "Building the Python extension in Rust."
    input:
        sources=rust_workspace() + EXTENSION_SOURCES,
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
