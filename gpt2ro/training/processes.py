"""The processes of one training: those that torchrun started, or this one alone.

Each has a copy of the model and computes the gradient of its share of every batch; summing the
gradients keeps the copies equal. Only the first one evaluates, reports and writes.

Why not DistributedDataParallel: it wraps the model, which renames its parameters, and exchanges
gradients during the backward pass, which pays if a batch is one micro-batch. Here a batch is many,
and gradients are exchanged once.
"""

import os
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta

import torch
from torch import Tensor
from torch import distributed as torch_distributed
from torch.distributed.distributed_c10d import PrefixStore, Store
from torch.distributed.rendezvous import rendezvous

from gpt2ro.errors import UserError

# How long the others wait while the first one evaluates.
PATIENCE = timedelta(hours=4)
# How long gradients of GPUs may take to be exchanged, PyTorch's default for NCCL, which may not
# notice that a process was killed. All come to it from one step, so at about the same time.
PATIENCE_OF_GPUS = timedelta(minutes=10)


@dataclass(frozen=True)
class Processes:
    """The number of this process among all; one alone exchanges nothing.

    Attributes:
        rank: number of this process, from 0.
        count: number of all processes.
        group: in which facts are exchanged, on the CPU, whatever the model is on.
    """

    rank: int = 0
    count: int = 1
    group: torch_distributed.ProcessGroup | None = None

    @property
    def is_first(self) -> bool:
        """Whether this is the one that writes."""
        return self.rank == 0

    def sum_up(self, tensors: Iterable[Tensor]) -> None:
        """Replace tensors by their sums over the processes; all get the same bits."""
        if self.count > 1:
            with _lost_process_told():
                for tensor in tensors:
                    torch_distributed.all_reduce(tensor)

    def any(self, flag: bool) -> bool:
        """Tell whether a flag is set in any process."""
        total = torch.tensor([int(flag)])
        if self.count > 1:
            with _lost_process_told():
                torch_distributed.all_reduce(total, group=self.group)
        return bool(total)

    def from_first(self, *values: float) -> list[float]:
        """Return the values of the first process, in every process."""
        tensor = torch.tensor(values, dtype=torch.float64)
        if self.count > 1:
            with _lost_process_told():
                torch_distributed.broadcast(tensor, src=0, group=self.group)
        return tensor.tolist()

    def from_all(self, tensor: Tensor) -> list[Tensor]:
        """Return the tensor of every process, by rank; all on the CPU and of the same shape."""
        if self.count == 1:
            return [tensor]
        found = [torch.empty_like(tensor) for _ in range(self.count)]
        with _lost_process_told():
            torch_distributed.all_gather(found, tensor, group=self.group)
        return found

    def wait(self) -> None:
        """Wait until every process has come to this point."""
        self.any(False)


ALONE = Processes()


@contextmanager
def _lost_process_told() -> Iterator[None]:
    """Tell that another process has ended while this one exchanged something with it.

    Raises:
        UserError: it has, or did not answer for `PATIENCE`.
    """
    try:
        yield
    except RuntimeError as error:
        # Gloo's errors are RuntimeErrors, NCCL's DistErrors; others are faults of this process.
        if type(error) is not RuntimeError and not isinstance(error, torch_distributed.DistError):
            raise
        raise UserError(
            "training: another of its processes has ended without a word, killed by the system for "
            f"its memory, say ({str(error).partition('. ')[0]}); see the system's log, and run "
            "again to continue from the last checkpoint."
        ) from error


@contextmanager
def joined_processes() -> Iterator[Processes]:
    """Join the processes that torchrun started; yield ALONE if it started none."""
    if not torch_distributed.is_torchelastic_launched():
        yield ALONE
        return
    on_gpus = torch.cuda.is_available()
    store, rank, count = next(rendezvous("env://", timeout=PATIENCE))
    torch_distributed.init_process_group(
        "cpu:gloo,cuda:nccl" if on_gpus else "gloo",
        timeout=PATIENCE_OF_GPUS if on_gpus else PATIENCE,
        store=PrefixStore("group", store),
        rank=rank,
        world_size=count,
    )
    try:
        group = torch_distributed.new_group(backend="gloo", timeout=PATIENCE)
        yield Processes(rank, count, group)
    except UserError as error:
        error.told = _errors(store) > 1
        raise
    except Exception:
        _errors(store)  # a traceback follows, and those that wait for this process say nothing
        raise
    finally:
        torch_distributed.destroy_process_group()


def _errors(store: Store) -> int:
    """Return how many processes have ended by an error, this one included.

    What is wrong for one process is mostly wrong for all, and one line is enough. It need not come
    from the first process: a GPU may be missing for the last one only.
    """
    # torchrun can restart the processes after a failure; it keeps the store.
    attempt = os.environ.get("TORCHELASTIC_RESTART_COUNT", "0")
    try:
        return int(store.add(f"gpt2ro/errors/{attempt}", 1))
    except RuntimeError:
        return 1  # the process that kept the store has ended


def local_rank() -> int:
    """Return the number of this process on its machine, which is that of its GPU."""
    return int(os.environ.get("LOCAL_RANK", "0"))
