"""What PyTorch raises that a user can mend, told in one line."""

from collections.abc import Iterator
from contextlib import contextmanager

import torch
from torch._dynamo.exc import BackendCompilerFailed

from gpt2ro.errors import UserError


@contextmanager
def torch_faults_told(remedy: str) -> Iterator[None]:
    """Tell that the memory of the GPU is full inside the block, or that torch.compile fails.

    Args:
        remedy: what makes less memory do.

    Raises:
        UserError: one of these happened.
    """
    try:
        yield
    except torch.OutOfMemoryError as error:
        raise UserError(
            f"the memory of the GPU is full ({str(error).splitlines()[0]}); {remedy}, or end what "
            "else uses the GPU (nvidia-smi)."
        ) from error
    except BackendCompilerFailed as error:
        raise UserError(
            f"torch.compile fails ({_cause(error)}); it needs a C++ compiler, and headers of "
            "Python; or set COMPILE false."
        ) from error


def _cause(error: Exception) -> str:
    """Return what a compiler said; the first line names the backend, the second its error."""
    return " ".join(line.strip() for line in str(error).splitlines()[:2])
