"""The trained model as a Hugging Face folder, with its card."""

import json
import shutil
from pathlib import Path
from typing import Any

from safetensors.torch import save_file
from yacs.config import CfgNode

from gpt2ro.errors import UserError
from gpt2ro.files import atomic_path, write_text
from gpt2ro.training.weights import Gpt2, assert_tied

TOKENIZER_FILES = ("tokenizer.json", "tokenizer_config.json", "vocab.json", "merges.txt")


def write_model_folder(
    folder: Path,
    model: Gpt2,
    tokenizer: Path,
    config: CfgNode,
    metrics: dict[str, Any],
    samples: list[str],
) -> None:
    """Write what `AutoModelForCausalLM` and `AutoTokenizer` open; each file appears by rename.

    Args:
        tokenizer: folder of the tokenizer's files, which are copied.
        samples: texts that the model wrote, for its card.

    Raises:
        UserError: a tokenizer file is missing.
    """
    assert_tied(model)
    tensors = {
        name: parameter.detach().float().cpu().contiguous()
        for name, parameter in model.named_parameters()
    }
    with atomic_path(folder / "model.safetensors") as partial:
        save_file(tensors, partial, metadata={"format": "pt"})
    _write_json(folder / "config.json", _config(model))
    _write_json(folder / "generation_config.json", model.generation_config.to_dict())
    for name in TOKENIZER_FILES:
        _copy(tokenizer / name, folder / name)
    write_text(folder / "experiment.yaml", config.dump())
    write_text(folder / "README.md", model_card(model, metrics, samples))


def _config(model: Gpt2) -> dict[str, Any]:
    """Return config.json; where the initial weights lay on this machine is no part of a model."""
    values: dict[str, Any] = model.config.to_dict()
    values.pop("_name_or_path", None)
    return values | {"architectures": ["GPT2LMHeadModel"], "dtype": "float32"}


def _write_json(path: Path, values: dict[str, Any]) -> None:
    write_text(path, json.dumps(values, indent=2, sort_keys=True) + "\n")


def _copy(source: Path, target: Path) -> None:
    if not source.is_file():
        raise UserError(f"{source}: not found; run the step tokenizer again.")
    with atomic_path(target) as partial:
        shutil.copyfile(source, partial)


def model_card(model: Gpt2, metrics: dict[str, Any], samples: list[str]) -> str:
    """Return the README.md of the model: what it is, its figures, how to use it, its limits."""
    size = model.config
    data = metrics["data"].items()
    return CARD.format(
        parameters=f"{metrics['parameters']:,}",
        shape=f"{size.n_layer} layers, width {size.n_embd}, {size.n_head} heads",
        context=size.n_positions,
        vocabulary=f"{size.vocab_size:,}",
        sources="\n".join(f"- {name}: {facts['tokens']:,} tokens" for name, facts in data),
        rows="\n".join(_row(split, metrics[split]) for split in ("valid", "test")),
        best_step=f"{metrics['best_step']:,}",
        steps=f"{metrics['steps']:,}",
        samples="\n\n".join(_quoted(text) for text in samples),
    )


def _quoted(text: str) -> str:
    return "\n".join(f"> {line}".rstrip() for line in text.splitlines())


def _row(split: str, figures: dict[str, float]) -> str:
    bits, words = figures["bits_per_byte"], figures["word_perplexity"]
    return f"| {split} | {bits:.3f} | {figures['token_perplexity']:.2f} | {words:.1f} |"


CARD = """---
language: ro
library_name: transformers
pipeline_tag: text-generation
tags: [gpt2, romanian]
---

# A Romanian GPT-2

{parameters} parameters: {shape}, context {context}, vocabulary {vocabulary}. Trained by gpt2ro; the
experiment is in `experiment.yaml`.

## Data

Tokens of the train split by source; licences are those of the sources.

{sources}

## Figures

| | bits per byte | perplexity per token | per word |
|---|---|---|---|
{rows}

The checkpoint is the best by validation, step {best_step} of {steps}. Bits per byte compare between
tokenizers; perplexities per token do not.

## Samples

Continuations of a few prompts, the first ones drawn (top-k 50, temperature 0.8), not picked.

{samples}

## Use

```python
from transformers import AutoModelForCausalLM, AutoTokenizer

tokenizer = AutoTokenizer.from_pretrained(".")
model = AutoModelForCausalLM.from_pretrained(".")
```

## Limits

It continues text; it does not know what is true, and it repeats what its data holds, errors and
prejudice included. Nothing was done to make it safe for conversation.

## Licence

gpt2ro, the software, is under the Apache License 2.0. What may be done with these weights depends
on the licences of the texts above, and on that of the initial weights if there were any; settle it
before you publish them.
"""
