"""The job that removes what has been kept for long enough."""

from datetime import timedelta
from typing import Any

from django.db import transaction

from core.jobs.events import HousekeepingDue
from tasks.cleanup.sweep import Sweep
from tasks.cleanup.sweeps import SWEEPS
from tasks.job import job
from tasks.work import Work


@job(HousekeepingDue, limit=timedelta(hours=2))
def keep_house(work: Work[HousekeepingDue]) -> dict[str, int]:
    """Go through all sweeps, batch by batch; returns how many rows each has removed.

    A batch and the checkpoint behind it commit together.
    """
    state: dict[str, Any] = work.resume or {"sweep": SWEEPS[0].name, "end": "", "removed": {}}
    names = [sweep.name for sweep in SWEEPS]
    begin = names.index(state["sweep"]) if state["sweep"] in names else 0
    for place, sweep in enumerate(SWEEPS[begin:], begin):
        end = state["end"] if place == begin and state["sweep"] in names else ""
        while end is not None:
            end = _take(work, sweep, end, state["removed"])
            work.progress(place + (end is None), len(SWEEPS), sweep.name)
    removed: dict[str, int] = state["removed"]
    return removed


def _take(
    work: Work[HousekeepingDue], sweep: Sweep, end: str, removed: dict[str, int]
) -> str | None:
    """Remove one batch; where the next one begins."""
    with transaction.atomic():
        taken = sweep.take(end)
        removed[sweep.name] = removed.get(sweep.name, 0) + taken.removed
        following = SWEEPS[min(SWEEPS.index(sweep) + 1, len(SWEEPS) - 1)]
        place = following.name if taken.end is None else sweep.name
        work.checkpoint({"sweep": place, "end": taken.end or "", "removed": removed})
    return taken.end
