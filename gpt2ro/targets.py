"""What a user asks the workflow for: steps and files by name, and what is told of a wrong one."""

from collections.abc import Awaitable, Callable, Collection, Iterable, Mapping
from difflib import get_close_matches
from os.path import relpath
from pathlib import Path
from typing import Any

from gpt2ro.errors import UserError, nearest


def check_names(asked: Iterable[str], steps: Collection[str], files: Collection[str]) -> None:
    """Refuse a name that is neither a step nor a file of one, with the nearest that is.

    Args:
        asked: names as the user wrote them.
        steps: the names of the rules.
        files: what these write, as paths from the folder of the project.

    Raises:
        UserError: says which name it is and what to do.
    """
    for name in sorted(asked):
        if name not in steps and name not in files:
            raise UserError(
                f'"{name}" is neither a step of the workflow nor a file that one writes; '
                f"{_advice(name, steps, files)}"
            )


def check_not_of_parts(asked: Iterable[str], of_parts: Mapping[str, str]) -> None:
    """Refuse a step as a target that runs once for each part of the corpus.

    Args:
        asked: names as the user wrote them.
        of_parts: a file that the step writes, by the step's name.

    Raises:
        UserError: says which step it is and what to do.
    """
    for name in sorted(of_parts.keys() & set(asked)):
        raise UserError(
            f'"{name}" is a step of each part of the corpus, no target; for all parts write '
            f"--until {name}, for one a file of it: {of_parts[name]}"
        )


def looked_at_after(
    method: Callable[..., Awaitable[Any]], look: Callable[[Any], None]
) -> Callable[..., Awaitable[Any]]:
    """Return a method that calls `look` with its object before an error of `method` goes on.

    It stands here and in no rule file, which Snakemake would take for the origin of the error.
    """

    async def call(self: Any, *arguments: Any, **named: Any) -> Any:
        try:
            return await method(self, *arguments, **named)
        except Exception:
            look(self)
            raise

    return call


def _advice(name: str, steps: Collection[str], files: Collection[str]) -> str:
    """Return what to write in place of a wrong name."""
    if name.endswith((".yaml", ".yml")) and Path(name).is_file():
        return f"a config is named with --configfile {name}."
    if "=" in name:
        return f"a value of the config is set with --config '{name}'."
    # Snakemake takes a file by one name only, that from its folder.
    path = relpath(name) if "/" in name else name
    valid = [*steps, *files]
    return nearest(path, valid if get_close_matches(path, valid, n=1) else list(steps))
