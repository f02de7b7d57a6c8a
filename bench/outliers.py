"""What rounding costs a model of which a few channels are much larger than the rest.

    python bench/outliers.py results/deploy text.txt --binary results/bin/gpt2ro

Published models have such channels (Dettmers et al. 2022, LLM.int8()), and int8 rounds the
activations of a token with one scale, which the largest sets. Here some channels of every layer
norm are multiplied by a factor, and the weights that read them divided by it: in float32 it is the
same model. The engine scores the text with it in each precision; what is told is the difference in
bits per byte to float32, in percent. The last line is JSON.
"""

import argparse
import json
import shutil
import subprocess
import tempfile
from collections.abc import Mapping
from pathlib import Path

import torch
from torch import Tensor

from gpt2ro.export.ot import read_ot, write_ot

FACTORS = (1, 10, 30, 100, 300)
ROUNDED = ("bf16", "int8", "int4")
READERS = {"ln_1": "attn.c_attn", "ln_2": "mlp.c_fc"}


def with_outliers(tensors: Mapping[str, Tensor], factor: float, share: float) -> dict[str, Tensor]:
    """Return the same model, whose layer norms have a share of channels larger by the factor."""
    draw = torch.Generator().manual_seed(0)
    grown = {name: value.clone() for name, value in tensors.items()}
    for name in sorted(tensors):
        block, _, norm = name.removesuffix(".weight").rpartition(".")
        if not name.endswith(".weight") or norm not in READERS:
            continue
        width = len(tensors[name])
        channels = torch.randperm(width, generator=draw)[: max(1, round(share * width))]
        grown[f"{block}.{norm}.weight"][channels] *= factor
        grown[f"{block}.{norm}.bias"][channels] *= factor
        grown[f"{block}.{READERS[norm]}.weight"][channels] /= factor
    return grown


def bits_per_byte(binary: Path, deploy: Path, text: Path, precision: str) -> float:
    """Return what the engine says of the text."""
    command = [binary, "score", "-m", deploy, text, "--backend", "engine", "--json"]
    done = subprocess.run(
        [*command, "--precision", precision], check=True, stdout=subprocess.PIPE, text=True
    )
    return float(json.loads(done.stdout)["bits_per_byte"])


def main() -> None:
    """Score the text for each factor and precision."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("deploy", type=Path)
    parser.add_argument("text", type=Path)
    parser.add_argument("--binary", type=Path, default=Path("results/bin/gpt2ro"))
    parser.add_argument("--share", type=float, default=0.01, help="of channels (default: 0.01)")
    arguments = parser.parse_args()
    tensors = read_ot(arguments.deploy / "rust_model.ot")
    rows = {}
    for factor in FACTORS:
        with tempfile.TemporaryDirectory() as folder:
            deploy = Path(folder)
            for name in ("config.json", "tokenizer.json"):
                shutil.copy(arguments.deploy / name, deploy)
            write_ot(with_outliers(tensors, factor, arguments.share), deploy / "rust_model.ot")
            exact, *others = (
                bits_per_byte(arguments.binary, deploy, arguments.text, precision)
                for precision in ("fp32", *ROUNDED)
            )
        rows[factor] = {
            name: 100 * (bits / exact - 1) for name, bits in zip(ROUNDED, others, strict=True)
        }
        told = "   ".join(f"{name} {percent:+.3f} %" for name, percent in rows[factor].items())
        print(f"factor {factor:<4} fp32 {exact:.5f}   {told}", flush=True)
    print(json.dumps(rows))


if __name__ == "__main__":
    main()
