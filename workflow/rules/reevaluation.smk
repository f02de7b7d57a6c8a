"""A run ends with its last job, and its scheduler is woken by one timer at a time.

Whenever Snakemake has chosen jobs it starts a timer of a second, to choose again when its limit of
jobs a second allows more (9.27, `JobScheduler._schedule_reevalutation`). The timer has a thread
that Python waits for, so a run lasted up to a second longer than its jobs. And each choice starts a
timer, whether a timer or a finished job was its cause, so while jobs wait for a free core there is
one timer more for each job that has finished.
"""

import threading

from snakemake.scheduling.job_scheduler import JobScheduler


def wake_later(scheduler, delay):
    """Wake the scheduler after a delay (s), unless a timer is about to already."""
    if getattr(scheduler, "timer_runs", False):
        return

    def wake():
        scheduler.timer_runs = False
        scheduler._open_jobs.release()

    scheduler.timer_runs = True
    timer = threading.Timer(delay, wake)
    timer.daemon = True
    timer.start()


JobScheduler._schedule_reevalutation = wake_later
