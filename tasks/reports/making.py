"""The job that makes a report: reads its data at one moment, then writes it, and can be killed."""

import secrets
from datetime import timedelta
from pathlib import Path
from typing import Any, Final

from django.db import transaction
from django.utils.translation import override

from core.reports import making
from core.reports.content import Document
from core.reports.events import ReportRequested
from core.reports.formats import FORMATS, Options
from core.reports.kind import ROWS
from core.reports.making import Made, Order
from core.reports.sealing import snapshot_of
from core.reports.snapshot import Snapshot, take_snapshot
from core.reports.storage import beginning, path_of, settle
from tasks.apart import Say, run_apart
from tasks.job import job
from tasks.reports.cards import IN_CARDS, write_cards
from tasks.reports.shown import Shown
from tasks.work import Work

LIMIT: Final = timedelta(minutes=30)


@job(ReportRequested, limit=LIMIT)
def make_report(work: Work[ReportRequested]) -> dict[str, Any]:
    """Make a version of a report; what an earlier attempt has made is not made again."""
    order = making.begin(work.event.report_id, work.event.number)
    if order is None:
        return {"made": False}
    with override(order.centre.language):
        shown = Shown(work)
        snapshot = _read(work, order, shown)
        if order.kind.cards and order.format in IN_CARDS:
            path = write_cards(work, order, snapshot, shown)
        else:
            path = _write(order, snapshot, shown)
    made = Made.of(path)
    with transaction.atomic():
        is_made = making.finish(order, made)
        work.checkpoint({"made": is_made})
    return {"made": is_made, "rows": order.version.rows}


def _read(work: Work[ReportRequested], order: Order, shown: Shown) -> Snapshot:
    """The data as it was at one moment: of an earlier attempt, if it has come so far."""
    if order.version.snapshot is not None and order.is_of_now:
        return snapshot_of(order.version)
    shown.reading(0, len(order.kind.queries))
    folder = path_of(order.version.folder) / f"data-{secrets.token_hex(4)}"
    snapshot = _read_apart(order, folder, shown)
    with transaction.atomic():
        making.note_snapshot(order, snapshot, snapshot.count(ROWS))
        work.checkpoint({"read": True})
    return snapshot


def _read_apart(order: Order, folder: Path, shown: Shown) -> Snapshot:
    """Where it stands still PostgreSQL soon does too, and keeps nobody from writing."""
    taken: list[Snapshot] = []

    def hear(said: Snapshot | None) -> None:
        if said is None:
            shown.hear(None)
        else:
            taken.append(said)

    run_apart(lambda say: say(take_snapshot(order.kind, order.setting, folder)), hear)
    return taken[0]


def _write(order: Order, snapshot: Snapshot, shown: Shown) -> Path:
    """The whole report as one file."""
    written = FORMATS[order.format]
    head = order.document(()).head  # who writes asks the database nothing
    name = f"report-{secrets.token_hex(4)}{written.suffix}"
    options = Options(bom=order.report.bom)

    def write(say: Say) -> None:
        document = Document(head, order.kind.compose(snapshot, order.setting))
        total = document.rows
        written.write(document, begun, options, lambda rows: say((rows, total)))

    with beginning(order.version.folder, name) as begun:
        run_apart(write, shown.hear)
    return settle(begun)
