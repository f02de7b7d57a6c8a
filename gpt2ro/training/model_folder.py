"""The trained model as a Hugging Face folder; its card is written by the report."""

import shutil
from pathlib import Path
from typing import Any

from safetensors.torch import save_file
from yacs.config import CfgNode

from gpt2ro.errors import UserError
from gpt2ro.files import atomic_path, read_json, write_json, write_text
from gpt2ro.training.weights import Gpt2, assert_tied

TOKENIZER_FILES = ("tokenizer.json", "vocab.json", "merges.txt")


def write_model_folder(folder: Path, model: Gpt2, tokenizer: Path, config: CfgNode) -> None:
    """Write what `AutoModelForCausalLM` and `AutoTokenizer` open; each file appears by rename.

    Args:
        tokenizer: folder of the tokenizer's files, which are copied.

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
    write_json(folder / "config.json", _config(model))
    write_json(folder / "generation_config.json", model.generation_config.to_dict())
    for name in TOKENIZER_FILES:
        _copy(tokenizer / name, folder / name)
    # So that a tokenizer that is opened beside the model warns of longer texts, and can cut them.
    settings = read_json(tokenizer / "tokenizer_config.json")
    length = {"model_max_length": model.config.n_positions}
    write_json(folder / "tokenizer_config.json", settings | length)
    write_text(folder / "experiment.yaml", config.dump(allow_unicode=True))


def _config(model: Gpt2) -> dict[str, Any]:
    """Return the values of config.json, without the path of the initial weights."""
    values: dict[str, Any] = model.config.to_dict()
    values.pop("_name_or_path", None)
    return values | {"architectures": ["GPT2LMHeadModel"], "dtype": "float32"}


def _copy(source: Path, target: Path) -> None:
    if not source.is_file():
        raise UserError(f"{source}: not found; run the step tokenizer again.")
    with atomic_path(target) as partial:
        shutil.copyfile(source, partial)
