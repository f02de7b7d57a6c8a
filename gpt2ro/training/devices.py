"""The device that a training runs on, and the precision that it is slow in."""

import torch
from yacs.config import CfgNode

from gpt2ro.errors import UserError
from gpt2ro.training.processes import local_rank

# Sets of instructions that multiply bfloat16, as torch.cpu.get_capabilities names them: of x86, the
# last two of ARM64.
BFLOAT16_OF_CPUS = ("avx512_bf16", "amx_bf16", "avx_ne_convert", "bf16", "sve_bf16")


def chosen_device(config: CfgNode) -> torch.device:
    """Return the device that the config asks for.

    Raises:
        UserError: CUDA is asked for and absent, or float16 without CUDA.
    """
    has_cuda = torch.cuda.is_available()
    if config.DEVICE == "cuda" and not has_cuda:
        raise UserError(
            "DEVICE is cuda, and PyTorch finds no GPU; set DEVICE to auto or cpu, or check "
            "the driver (nvidia-smi)."
        )
    device = torch.device("cpu")
    if has_cuda and config.DEVICE != "cpu":
        if local_rank() >= torch.cuda.device_count():
            raise UserError(
                f"torchrun: process {local_rank() + 1} of this machine, which has "
                f"{torch.cuda.device_count()} GPUs; lower --nproc-per-node."
            )
        device = torch.device("cuda", local_rank())
    if config.PRECISION == "float16" and device.type != "cuda":
        raise UserError(
            "PRECISION is float16, which needs a GPU, and the device is the CPU; set float32 or "
            "bfloat16."
        )
    return device


def slow_precision(precision: str, device: torch.device) -> str | None:
    """Return what is slow about a precision on this device, and what to set; None if nothing is."""
    if precision != "bfloat16" or has_bfloat16(device):
        return None
    if device.type == "cuda":
        return (
            f"PRECISION is bfloat16, which {torch.cuda.get_device_name()} has no instructions for "
            "(from compute capability 8.0 on); set float16"
        )
    return (
        "PRECISION is bfloat16, which this processor has no instructions for "
        f"({', '.join(BFLOAT16_OF_CPUS)}), so it is slower than float32; set float32"
    )


def has_bfloat16(device: torch.device) -> bool:
    """Return whether a device computes bfloat16 itself, and not in many steps.

    Nothing is held against a CPU that PyTorch cannot describe, as older versions cannot.
    """
    if device.type == "cuda":
        return bool(torch.cuda.is_bf16_supported(including_emulation=False))
    describe = getattr(torch.cpu, "get_capabilities", None)
    return describe is None or any(describe().get(name) for name in BFLOAT16_OF_CPUS)
