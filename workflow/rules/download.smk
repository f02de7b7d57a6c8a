# What is fetched is decided by address and checksum: no line of our code is a reason to fetch a
# hundred gigabytes again, so these rules have no code= as the others have.
rule download:
    message:
        "Downloading {wildcards.source}/{wildcards.part}."
    output:
        raw=f"{RESULTS}/raw/{SHARD}",
        provenance=f"{RESULTS}/raw/{SHARD}.provenance.json",
    log:
        f"{RESULTS}/logs/download/{SHARD}.log",
    params:
        # Address and checksums: a change of them, and of nothing else, downloads again.
        flags=lambda wildcards: part_of(wildcards).download_flags(),
    resources:
        downloads=1,
    shell:
        "python workflow/scripts/download.py {params.flags} --output {output.raw}" + LOGGED


def checksum_flags() -> str:
    """What the files of the initial weights must be, where the config says it."""
    expected = SETTINGS["training"]["initial_sha256"]
    return shlex.join(f"--sha256={name}={digest}" for name, digest in sorted(expected.items()))


def local_files(model: str, *names: str) -> list[str]:
    """Files of a model that is a folder, for a rule to see them change; the script misses one."""
    return [str(path) for path in map(Path(model).joinpath, names) if path.is_file()]


rule pretrained:
    message:
        "Fetching the initial weights {params.model}."
    input:
        local=local_files(
            SETTINGS["training"]["initial_weights"],
            "config.json",
            "model.safetensors",
            "tokenizer.json",
        ),
    output:
        config=f"{RESULTS}/pretrained/config.json",
        weights=f"{RESULTS}/pretrained/model.safetensors",
        tokenizer=f"{RESULTS}/pretrained/tokenizer.json",
    log:
        f"{RESULTS}/logs/pretrained.log",
    params:
        model=SETTINGS["training"]["initial_weights"],
        revision=SETTINGS["training"]["revision"] or "main",
        checksums=checksum_flags(),
        folder=f"{RESULTS}/pretrained",
    shell:
        "python workflow/scripts/pretrained.py --model {params.model:q}"
        " --revision {params.revision:q} {params.checksums} --output {params.folder}" + LOGGED
