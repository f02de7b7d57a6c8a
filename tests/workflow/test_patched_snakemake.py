"""Rule files replace methods of Snakemake that are not public: it may change them any time."""

import inspect
from importlib import import_module

import pytest
import snakemake.api  # before it nothing of Snakemake can be imported by itself

CHECKSUM = "async (self, threshold=None, force=False, algorithm=None)"
SCHEDULER = "snakemake.scheduling.job_scheduler"
PATCHED = {
    "checksums.smk": ("snakemake.io", "_IOFile", "checksum", CHECKSUM),
    "unfinished.smk": ("snakemake.persistence", "PersistenceBase", "finished", "async (self, job)"),
    "targets.smk": ("snakemake.dag", "DAG", "init", "async (self, progress=False)"),
    "reevaluation.smk": (SCHEDULER, "JobScheduler", "_schedule_reevalutation", "(self, delay)"),
}


def changed(module: str, owner: str, name: str, expected: str) -> str | None:
    """What is no longer as a rule file takes it to be; None if all of it is."""
    where = f"{module}.{owner}.{name}"
    try:
        method = getattr(getattr(import_module(module), owner), name)
    except (ImportError, AttributeError):
        return f"{where} is gone"
    kind = "async " if inspect.iscoroutinefunction(method) else ""
    parameters = inspect.signature(method).parameters.values()
    bare = [p.replace(annotation=inspect.Parameter.empty) for p in parameters]
    found = kind + str(inspect.Signature(bare))
    return None if found == expected else f"{where} is {found}, not {expected}"


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
    assert changed(module, owner, name, "(self, job)") == f"{where} is {signature}, not (self, job)"
    assert changed(module, "Persistent", name, "") == f"{module}.Persistent.{name} is gone"
    assert changed("snakemake.none", owner, name, "") == f"snakemake.none.{owner}.{name} is gone"
