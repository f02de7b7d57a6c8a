"""A mistyped target is told in one line, with the nearest name.

Snakemake tells that no rule makes it, and of a file of a part that does not exist a KeyError of
ours. What it refuses is looked at after it has, so nothing is refused here that it would take. It
knows the targets only when all rules are read (9.27, `DAG.init`).
"""

from snakemake.dag import DAG
from snakemake.io import apply_wildcards

from gpt2ro.targets import check_names, check_not_of_parts, looked_at_after


def files_of(rule) -> list[str]:
    """What a rule writes, of all parts where it runs for each."""
    patterns = list(map(str, rule.products()))
    if not rule.has_wildcards():
        return patterns
    return [
        apply_wildcards(pattern, {"source": source, "part": part})
        for source, part in PARTS
        for pattern in patterns
    ]


def check_targets(dag) -> None:
    """End with the line on a name that is none, if the plan has one."""
    asked = dag.workflow.dag_settings
    prioritized = getattr(dag.workflow.scheduling_settings, "prioritytargets", ())
    files = {rule.name: files_of(rule) for rule in dag.workflow.rules}
    every_file = {path for paths in files.values() for path in paths}
    of_parts = {rule.name: files[rule.name][0] for rule in dag.workflow.rules if rule.has_wildcards()}
    with faults_told():
        check_not_of_parts(asked.targets, of_parts)
        check_names(asked.targets, files.keys() - of_parts.keys(), every_file)
        check_names([*asked.forcerun, *asked.until, *prioritized], files.keys(), every_file)


if not hasattr(DAG, "tells_targets"):
    DAG.init = looked_at_after(DAG.init, check_targets)
    DAG.tells_targets = True
