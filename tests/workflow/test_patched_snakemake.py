"""Two rule files replace methods of Snakemake that are not public: it may change them any time."""

import inspect
from importlib import import_module

import pytest
import snakemake

CHECKSUM = "(self, threshold=None, force=False, algorithm=None)"
PATCHED = {
    "checksums.smk": ("snakemake.io", "_IOFile", "checksum", CHECKSUM),
    "unfinished.smk": ("snakemake.persistence", "PersistenceBase", "finished", "(self, job)"),
}


def changed(module: str, owner: str, name: str, expected: str) -> str | None:
    """What is no longer as a rule file takes it to be; None if all of it is."""
    where = f"{module}.{owner}.{name}"
    try:
        method = getattr(getattr(import_module(module), owner), name)
    except (ImportError, AttributeError):
        return f"{where} is gone"
    if not inspect.iscoroutinefunction(method):
        return f"{where} is no coroutine"
    parameters = inspect.signature(method).parameters.values()
    bare = [p.replace(annotation=inspect.Parameter.empty) for p in parameters]
    found = str(inspect.Signature(bare))
    return None if found == expected else f"{where} takes {found}, not {expected}"


@pytest.mark.parametrize("rules", PATCHED)
def test_what_the_rules_replace_is_as_they_take_it_to_be(rules: str) -> None:
    if found := changed(*PATCHED[rules]):
        pytest.fail(
            f"Snakemake {snakemake.__version__}: {found}; see whether workflow/rules/{rules} "
            "is still needed, and mend it.",
            pytrace=False,
        )


def test_a_change_is_told() -> None:
    module, owner, name, signature = PATCHED["unfinished.smk"]
    where = f"{module}.{owner}.{name}"
    assert changed(module, owner, name, "(self)") == f"{where} takes {signature}, not (self)"
    assert changed(module, "Persistent", name, "") == f"{module}.Persistent.{name} is gone"
    assert changed("snakemake.none", owner, name, "") == f"snakemake.none.{owner}.{name} is gone"
    assert changed(module, owner, "_params", "") == f"{module}.{owner}._params is no coroutine"
