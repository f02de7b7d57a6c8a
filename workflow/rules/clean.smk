from gpt2ro.cleaning.settings import concerns


def cleaning_flags(wildcards) -> str:
    """The settings as they are for the source: what concerns only others cleans it not again."""
    section, web = SETTINGS["cleaning"], SOURCES[wildcards.source].web
    choices = {
        key: "all" if concerns(section[key], web) else "none"
        for key in ("fineweb_2", "mask_personal_data")
    }
    return flags(STAGES["cleaning"], section | choices)


rule clean:
    message:
        "Cleaning {wildcards.source}/{wildcards.part}."
    input:
        documents=rules.extract.output.documents,
        native=EXTENSION,
        code=code("clean.py"),
    output:
        documents=f"{RESULTS}/cleaned/{SHARD}.jsonl.zst",
        dropped=f"{RESULTS}/cleaned/{SHARD}.dropped.jsonl.zst",
        stats=f"{RESULTS}/cleaned/{SHARD}.stats.json",
    log:
        f"{RESULTS}/logs/clean/{SHARD}.log",
    params:
        flags=cleaning_flags,
    resources:
        mem_mb=1000,
    shell:
        "python workflow/scripts/clean.py --input {input.documents} --output {output.documents}"
        " --dropped {output.dropped} --stats {output.stats} {params.flags}" + LOGGED
