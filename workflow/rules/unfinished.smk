"""A job that left no outputs has not finished: Snakemake notes a failed one as if it had.

It deletes the outputs of a job that fails or is interrupted, and yet notes its new parameters and
the content of its inputs (Snakemake 9.27, `Job.postprocess`). Outputs that are missing on the way
are no reason to run for it. So after a changed setting and Ctrl-C in the first step, the next run
had nothing to do, and the results were those of the setting before. Here the notes stay as they
were.
"""

from snakemake.persistence import PersistenceBase


def of_whole_jobs(method):
    """A method that notes a finished job, but none without its outputs."""

    async def finished(self, job):
        if all([await file.exists() for file in job.output]):
            await method(self, job)

    finished.of_whole_jobs = True
    return finished


if not hasattr(PersistenceBase.finished, "of_whole_jobs"):
    PersistenceBase.finished = of_whole_jobs(PersistenceBase.finished)
