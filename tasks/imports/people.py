"""The jobs that look through a file of people and carry it out."""

from datetime import timedelta
from typing import Final

from django.db import transaction
from django.utils.translation import gettext_noop

from core.imports.actions import (
    carry_out_rows,
    finish_import,
    note_report,
    note_unreadable,
    plan_all,
)
from core.imports.columns import Row, header_of, row_of
from core.imports.events import ImportStarted, ImportUploaded
from core.imports.models import ImportState, PeopleImport
from core.imports.queries import rows_of
from core.imports.reading import UnreadableError, read_table
from tasks.job import job
from tasks.work import Work

BATCH: Final = 500  # rows in one transaction
LOOK: Final = 100  # rows between two signs of life
READING, IMPORTING = "reading", "importing"  # stages


@job(ImportUploaded, limit=timedelta(minutes=10))
def check_import(work: Work[ImportUploaded]) -> dict[str, int]:
    """Look through a file and write its report: what each row would do, or why it is refused."""
    found = PeopleImport.objects.get(pk=work.event.import_id)
    if found.state != ImportState.CHECKING or found.content is None:
        return dict(found.counts)
    try:
        rows = _read(work, bytes(found.content))
    except UnreadableError as error:
        note_unreadable(found, error.said)
        return {}
    plan = plan_all(found, rows)
    work.progress(1, 1, READING)
    note_report(found, rows, plan)
    return plan.counts


def _read(work: Work[ImportUploaded], content: bytes) -> list[Row]:
    records = read_table(content)
    _, cells = next(records, (0, []))
    if not cells:
        raise UnreadableError(gettext_noop("The file is empty."))
    header = header_of(cells)
    lines = max(content.count(b"\n"), 1)
    rows = []
    for number, cells in records:
        rows.append(row_of(header, number, cells))
        if not len(rows) % LOOK:
            work.progress(len(rows), max(lines, len(rows)) + lines, READING)
    if not rows:
        raise UnreadableError(gettext_noop("The file has no rows below its header."))
    return rows


@job(ImportStarted, limit=timedelta(hours=1))
def run_import(work: Work[ImportStarted]) -> dict[str, int]:
    """Carry out an import, batch by batch; a batch commits together with how far it has come."""
    found = PeopleImport.objects.defer("content").get(pk=work.event.import_id)
    total = found.total
    left = rows_of(found).filter(number__gt=found.done).count()
    while batch := list(rows_of(found).filter(number__gt=found.done)[:BATCH]):
        with transaction.atomic():
            carry_out_rows(found, batch)
            work.checkpoint({"row": found.done})
        left -= len(batch)
        work.progress(total - left, total, IMPORTING)
    if found.state != ImportState.DONE:
        with transaction.atomic():
            finish_import(found)
            work.checkpoint({"row": found.done})
    return dict(found.counts)
