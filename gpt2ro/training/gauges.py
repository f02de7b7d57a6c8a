"""Turns losses and speeds into comparable figures: bits per byte, MFU, memory."""

import math
import re
import resource
from dataclasses import dataclass

import torch

from gpt2ro.tokenization.shards import TokenShard
from gpt2ro.training.weights import Gpt2

# Dense bfloat16 and float16 operations a second of the tensor cores, from NVIDIA's data sheets. The
# first name that stands in the card's own as whole words counts.
PEAK_OPERATIONS = {
    "B200": 2250e12,
    "H200": 989e12,
    "H100 PCIe": 756e12,
    "H100 NVL": 835e12,
    "H100": 989e12,
    "A100": 312e12,
    "L40S": 362e12,
    "L4": 121e12,
    "A10G": 70e12,
    "A10": 125e12,
    "RTX 4090": 165e12,
    "RTX 3090": 71e12,
    "T4": 65e12,
    "V100": 125e12,
}
# By the same data sheets TF32 has half the rate of half precision, on cards that have it.
TF32_SHARE = 0.5
WITHOUT_TF32 = ("T4", "V100")


@dataclass(frozen=True)
class Gauges:
    """The measures of one model on one device.

    Attributes:
        device: where it is trained.
        bytes_per_token: of the training text, UTF-8.
        operations_per_token: floating-point operations of a forward and a backward pass.
        peak_operations: of all devices in use, a second; None where it is not known.
    """

    device: torch.device
    bytes_per_token: float
    operations_per_token: float
    peak_operations: float | None = None

    def bits_per_byte(self, loss: float) -> float:
        """Return a loss, nats per token, in bits per byte of text."""
        return loss / math.log(2) / self.bytes_per_token

    def utilization(self, tokens_per_second: float) -> float | None:
        """Return the model FLOPs utilisation from 0 to 1 (arXiv 2204.02311, appendix B).

        Frozen parameters count as if they were trained, and activations that are computed twice
        count once.
        """
        if self.peak_operations is None:
            return None
        return tokens_per_second * self.operations_per_token / self.peak_operations

    def memory(self) -> int:
        """Return the peak memory so far, in bytes: of the GPU, or of this process on a CPU."""
        if self.device.type == "cuda":
            return torch.cuda.max_memory_allocated(self.device)
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024


def make_gauges(
    model: Gpt2, train: list[TokenShard], context: int, precision: str, devices: int
) -> Gauges:
    """Return the gauges of a training on so many devices like that of the model."""
    peak = None
    if model.device.type == "cuda":
        peak = peak_operations(torch.cuda.get_device_name(model.device), precision)
    return Gauges(
        device=model.device,
        bytes_per_token=sum(shard.bytes for shard in train)
        / sum(len(shard.tokens) for shard in train),
        operations_per_token=operations_per_token(model, context),
        peak_operations=peak and peak * devices,
    )


def operations_per_token(model: Gpt2, context: int) -> float:
    """Return the floating-point operations of training on one token.

    Six for each parameter that is multiplied with (two forward, four backward), and attention's
    12 x layers x width x context. The token embedding counts, as it is the head; position
    embeddings do not (arXiv 2204.02311, appendix B).
    """
    sizes = {name: parameter.numel() for name, parameter in model.named_parameters()}
    multiplied = sum(size for name, size in sizes.items() if "wpe" not in name)
    config = model.config
    return float(6 * multiplied + 12 * config.n_layer * config.n_embd * context)


def peak_operations(card: str, precision: str = "bfloat16") -> float | None:
    """Return the dense operations a second of a card, None if they are not known.

    Args:
        precision: bfloat16, float16, or float32, which cards multiply as TF32.
    """
    found = next(
        ((name, peak) for name, peak in PEAK_OPERATIONS.items() if re.search(rf"\b{name}\b", card)),
        None,
    )
    if found is None or (precision == "float32" and found[0] in WITHOUT_TF32):
        return None
    return found[1] * TF32_SHARE if precision == "float32" else found[1]
