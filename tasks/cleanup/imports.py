"""Sweeping the rows of imports: they hold pupils' data. The import stays with its counts."""

from typing import Final

from django.db.models.functions import Coalesce

from core import clock
from core.events.retention import IMPORT_ROWS
from core.imports.models import ImportRow, PeopleImport
from core.jobs.models import Job, JobState
from tasks.cleanup.sweep import Sweep, Taken

BATCH: Final = 5_000  # rows
LOOK: Final = 20  # imports in one look


def take_import_rows(_after: str) -> Taken:
    """Remove the rows of old imports, and what was left of their files.

    One that is being started at this moment is locked, and one whose job is to run or runs needs
    its rows: both are left alone until next time.
    """
    at_work = Job.objects.filter(state__in=[JobState.REQUESTED, JobState.RUNNING])
    old = (
        PeopleImport.objects.filter(rows_gone=False, created_at__lt=clock.now() - IMPORT_ROWS)
        .alias(ended_at=Coalesce("finished_at", "created_at"))
        .filter(ended_at__lt=clock.now() - IMPORT_ROWS)
        .exclude(job__in=at_work.values("pk"))
        .order_by("created_at")
        .select_for_update(skip_locked=True)
    )
    imports = list(old.values_list("pk", flat=True)[:LOOK])
    rows = ImportRow.objects.filter(file_id__in=imports).values_list("pk", flat=True)[:BATCH]
    removed, _ = ImportRow.objects.filter(pk__in=list(rows)).delete()
    if removed < BATCH:
        PeopleImport.objects.filter(pk__in=imports).update(rows_gone=True, content=None)
    return Taken(removed, "" if removed == BATCH or len(imports) == LOOK else None)


IMPORT_SWEEPS: Final = (Sweep("rows of imports", take_import_rows),)
