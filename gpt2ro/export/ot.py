"""The weights as rust-bert reads them: a TorchScript archive, `rust_model.ot`.

tch's VarStore loads the parameters of a TorchScript module by name; attributes and buffers it does
not find. A parameter's name may hold no dot there, and tch turns `|` into one. PyTorch calls
torch.jit deprecated, for torch.compile and torch.export; neither writes what tch reads.
"""

from collections.abc import Mapping
from pathlib import Path

import torch
from torch import Tensor

from gpt2ro.errors import UserError
from gpt2ro.export.read_back import check_read_back
from gpt2ro.files import atomic_path, require_space

# Bytes that an archive has at most beyond the values of a tensor, and once by itself: its name, its
# header, and zeros up to the next multiple of 64.
OVERHEAD = 4096


def rust_tensors(weights: Mapping[str, Tensor], layers: int, context: int) -> dict[str, Tensor]:
    """Return the tensors that rust-bert's GPT-2 asks for, float32.

    It ties the output head to `wte` itself, so `lm_head` is left out. It keeps the causal mask of
    each layer, `(1, 1, context, context)`, among the weights; transformers does not save it.
    """
    mask = torch.tril(torch.ones(context, context)).view(1, 1, context, context)
    tensors = {name: value.float() for name, value in weights.items() if name != "lm_head.weight"}
    tensors |= {f"transformer.h.{layer}.attn.bias": mask for layer in range(layers)}
    return tensors


def half_tensors(tensors: Mapping[str, Tensor]) -> dict[str, Tensor]:
    """Return the tensors in float16: half the bytes, each value within 2^-11 of its size.

    Both backends convert them to float32 as they load.

    Raises:
        UserError: a value is beyond float16, which ends at 65,504.
    """
    halves = {name: value.half() for name, value in tensors.items()}
    for name, value in halves.items():
        if not torch.isfinite(value).all():
            largest = float(tensors[name].abs().max())
            raise UserError(
                f"model.safetensors: {name} holds {largest:g}; float16 ends at 65,504; the model "
                "has diverged: train again."
            )
    return halves


def expected_shapes(
    layers: int, context: int, width: int, vocabulary: int
) -> dict[str, tuple[int, ...]]:
    """Return the name and shape of every tensor of a GPT-2, without head and masks."""
    block = {
        "ln_1.weight": (width,),
        "ln_1.bias": (width,),
        "attn.c_attn.weight": (width, 3 * width),
        "attn.c_attn.bias": (3 * width,),
        "attn.c_proj.weight": (width, width),
        "attn.c_proj.bias": (width,),
        "ln_2.weight": (width,),
        "ln_2.bias": (width,),
        "mlp.c_fc.weight": (width, 4 * width),
        "mlp.c_fc.bias": (4 * width,),
        "mlp.c_proj.weight": (4 * width, width),
        "mlp.c_proj.bias": (width,),
    }
    shapes: dict[str, tuple[int, ...]] = {
        "transformer.wte.weight": (vocabulary, width),
        "transformer.wpe.weight": (context, width),
        "transformer.ln_f.weight": (width,),
        "transformer.ln_f.bias": (width,),
    }
    for layer in range(layers):
        shapes |= {f"transformer.h.{layer}.{name}": shape for name, shape in block.items()}
    return shapes


def write_ot(tensors: Mapping[str, Tensor], path: Path) -> None:
    """Write the archive atomically, after reading it back; equal tensors give equal bytes.

    Raises:
        UserError: the disk is full, or what was written reads differently.
    """
    # PyTorch's writer ends the process when the disk is full.
    size = sum(value.nbytes for value in tensors.values())
    require_space(path, size + OVERHEAD * (1 + len(tensors)))
    module = torch.nn.Module()
    for name, value in tensors.items():
        parameter = torch.nn.Parameter(value.clone(), requires_grad=False)
        module.register_parameter(name.replace(".", "|"), parameter)
    with atomic_path(path) as partial:
        # The archive's inner folder is named after the file: a fixed name keeps the bytes equal.
        named = partial.with_name("rust_model.ot.writing")
        try:
            torch.jit.script(module).save(str(named))  # type: ignore[no-untyped-call]
            named.replace(partial)
        finally:
            named.unlink(missing_ok=True)
        check_read_back(path, read_ot(partial), tensors, torch.equal)


def read_ot(path: Path) -> dict[str, Tensor]:
    """Read an archive back, by the names of rust-bert.

    Raises:
        UserError: it is missing or damaged.
    """
    try:
        module = torch.jit.load(str(path), map_location="cpu")  # type: ignore[no-untyped-call]
    except (RuntimeError, ValueError, OSError) as error:
        raise UserError(
            f"{path}: not a whole TorchScript archive ({str(error).splitlines()[0]}); run the step "
            "convert again."
        ) from error
    return {name.replace("|", "."): value for name, value in module.named_parameters()}
