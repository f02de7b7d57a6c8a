"""A precision that a device has no instructions for is told, with the one to set."""

import pytest
import torch

from gpt2ro.training.devices import slow_precision

CPU, GPU = torch.device("cpu"), torch.device("cuda", 0)


@pytest.mark.parametrize("native", [False, True])
def test_a_gpu_without_bfloat16_is_told(monkeypatch, native) -> None:
    monkeypatch.setattr(torch.cuda, "get_device_name", lambda: "Tesla T4")
    monkeypatch.setattr(torch.cuda, "is_bf16_supported", lambda including_emulation: native)
    told = "PRECISION is bfloat16, which Tesla T4 has no" in (slow_precision("bfloat16", GPU) or "")
    assert told is not native


@pytest.mark.parametrize(
    ("has", "told"),
    [
        ({"avx2": True, "avx512_f": True, "avx512_bf16": False}, True),
        ({"avx2": True, "avx512_f": True, "avx512_bf16": True}, False),
        ({"architecture": "arm64", "neon": True, "bf16": False}, True),
        ({"architecture": "arm64", "neon": True, "bf16": True}, False),
    ],
)
def test_a_processor_without_bfloat16_is_told(monkeypatch, has, told) -> None:
    monkeypatch.setattr(torch.cpu, "get_capabilities", lambda: has)
    fault = slow_precision("bfloat16", CPU)
    assert (fault is not None) is told
    if told:
        assert "this processor has no instructions for" in fault
        assert fault.endswith("set float32")
    assert slow_precision("float32", CPU) is None


def test_a_processor_that_pytorch_cannot_describe_is_not_suspected(monkeypatch) -> None:
    monkeypatch.delattr(torch.cpu, "get_capabilities")
    assert slow_precision("bfloat16", CPU) is None
