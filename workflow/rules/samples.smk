# Waits for the parity check: a binary that disagrees with PyTorch does not get to speak.
rule samples:
    message:
        "Sampling with the Rust binary."
    input:
        deploy=rules.convert.output.deploy,
        binary=rules.rust.output.binary,
        parity=rules.parity.output.parity,
        prompts=SETTINGS["samples"]["prompts"],
    output:
        text=f"{RESULTS}/samples.txt",
        json=f"{RESULTS}/samples.json",
    log:
        f"{RESULTS}/logs/samples.log",
    params:
        deploy=f"{RESULTS}/deploy",
        seed=SETTINGS["samples"]["seed"],
        max_new_tokens=SETTINGS["samples"]["max_new_tokens"],
    threads: 2
    shell:
        "{input.binary} samples --model {params.deploy} --prompts {input.prompts:q}"
        " --text {output.text} --json {output.json} --seed {params.seed}"
        " --max-new-tokens {params.max_new_tokens} --threads {threads} --backend engine" + LOGGED
