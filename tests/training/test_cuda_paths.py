"""What is chosen for a GPU, told by stand-ins where there is none."""

from types import SimpleNamespace

import pytest
import torch

from gpt2ro.errors import UserError
from gpt2ro.training import processes
from gpt2ro.training.config import defaults, load_experiment
from gpt2ro.training.devices import chosen_device
from gpt2ro.training.processes import PATIENCE, PATIENCE_OF_GPUS, joined_processes
from gpt2ro.training.run import _prepare, train
from gpt2ro.training.update import Updater


@pytest.fixture
def two_gpus(monkeypatch) -> None:
    """Two GPUs that nothing is put on."""
    monkeypatch.setattr(torch.cuda, "is_available", lambda: True)
    monkeypatch.setattr(torch.cuda, "device_count", lambda: 2)
    monkeypatch.setattr(torch.cuda, "set_device", lambda device: None)
    monkeypatch.delenv("LOCAL_RANK", raising=False)


@pytest.mark.usefixtures("two_gpus")
@pytest.mark.parametrize(("rank", "device"), [(None, "cuda:0"), ("1", "cuda:1")])
def test_every_process_has_a_gpu_of_its_own(monkeypatch, rank, device) -> None:
    if rank:
        monkeypatch.setenv("LOCAL_RANK", rank)
    config = defaults()
    config.PRECISION = "float16"
    assert str(chosen_device(config)) == device
    config.DEVICE, config.PRECISION = "cpu", "float32"
    assert str(chosen_device(config)) == "cpu"


@pytest.mark.usefixtures("two_gpus")
def test_more_processes_than_gpus_are_told(monkeypatch) -> None:
    monkeypatch.setenv("LOCAL_RANK", "2")
    with pytest.raises(UserError, match="process 3 of this machine, which has 2 GPUs"):
        chosen_device(defaults())


@pytest.mark.usefixtures("two_gpus")
def test_float32_is_multiplied_in_tf32_on_a_gpu() -> None:
    before = torch.get_float32_matmul_precision()
    try:
        torch.set_float32_matmul_precision("highest")
        _prepare(torch.device("cpu"), deterministic=False)
        assert torch.get_float32_matmul_precision() == "highest"
        _prepare(torch.device("cuda", 0), deterministic=False)
        assert torch.get_float32_matmul_precision() == "high"
    finally:
        torch.set_float32_matmul_precision(before)


@pytest.mark.parametrize(("kind", "pinned"), [("cuda", True), ("cpu", False)])
def test_contexts_are_read_into_pinned_memory_for_a_gpu(monkeypatch, kind, pinned) -> None:
    asked = []
    empty = torch.empty

    def noted(*shape: object, pin_memory: bool, **more: object) -> torch.Tensor:
        asked.append(pin_memory)
        return empty(*shape, **more)

    monkeypatch.setattr(torch, "empty", noted)
    config = defaults()
    config.BATCH.TOKENS, config.BATCH.CONTEXT = 64, 16
    updater = SimpleNamespace(
        _config=config, _processes=SimpleNamespace(count=2), _device=torch.device(kind)
    )
    assert Updater._row_memory(updater).shape == (2, 17)
    assert asked == [pinned]


@pytest.mark.parametrize(
    ("has_gpu", "backend", "patience"),
    [(True, "cpu:gloo,cuda:nccl", PATIENCE_OF_GPUS), (False, "gloo", PATIENCE)],
)
def test_gpus_exchange_gradients_soon_and_wait_long_for_facts(
    monkeypatch, has_gpu, backend, patience
) -> None:
    done = []
    group = processes.torch_distributed
    monkeypatch.setattr(torch.cuda, "is_available", lambda: has_gpu)
    monkeypatch.setattr(group, "is_torchelastic_launched", lambda: True)
    monkeypatch.setattr(
        group, "init_process_group", lambda kind, timeout, **more: done.append((kind, timeout))
    )
    monkeypatch.setattr(group, "new_group", lambda backend, timeout: (backend, timeout))
    monkeypatch.setattr(group, "destroy_process_group", lambda: done.append("left"))
    monkeypatch.setattr(processes, "PrefixStore", lambda prefix, store: store)
    monkeypatch.setattr(processes, "rendezvous", lambda *at, **more: iter([(object(), 1, 2)]))
    with joined_processes() as found:
        assert (found.rank, found.count, found.group) == (1, 2, ("gloo", PATIENCE))
    assert done == [(backend, patience), "left"]


def test_a_gpu_whose_memory_is_full_is_told_in_one_line(world, monkeypatch) -> None:
    def full(updater: Updater, sampler: object) -> float:
        raise torch.OutOfMemoryError("CUDA out of memory. Tried to allocate 2.00 GiB.\nSee ...")

    monkeypatch.setattr(Updater, "add_gradient", full)
    message = r"full \(CUDA out of memory. Tried .* GiB.\); lower BATCH.MICRO, 2 now"
    with pytest.raises(UserError, match=message):
        train(load_experiment(world.experiment, []), world.paths, threads=1)
