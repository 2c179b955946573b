"""One jobs mechanism: work that outlasts a request, done in steps by whichever worker is free.

A kind of job is a name and a handler that does one step (see ``running``). What a step writes and
how far the job has come are committed together, so a killed worker loses at most one step, and
another one goes on from there. The queue stands in the intake store.
"""

from __future__ import annotations

from registry.core.jobs.models import Job
from registry.core.jobs.queue import (
    Busy,
    OtherRequest,
    delay,
    erase_expired,
    get,
    put,
    start,
    state,
)
from registry.core.jobs.running import Failed, Step, Work, run_step

__all__ = [
    "Busy",
    "Failed",
    "Job",
    "OtherRequest",
    "Step",
    "Work",
    "delay",
    "erase_expired",
    "get",
    "put",
    "run_step",
    "start",
    "state",
]
