"""What a worker does to a report, step by step; each step is one transaction, or none.

A worker may be killed between any two, and another one goes on: files have names of their own for
each attempt, and count only once a row here names them.
"""

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Self
from uuid import UUID

from django.db import transaction

from core import clock
from core.people.models import Centre
from core.refusals import ConflictError
from core.reports.choices import filters_in_words
from core.reports.content import Document, Head, Part
from core.reports.kind import Format, Kind, Params, Setting
from core.reports.kinds import kinds
from core.reports.models import Report, ReportCard, ReportState, ReportVersion
from core.reports.moving import lock, move, publish_doubt
from core.reports.pace import note_pace
from core.reports.snapshot import Snapshot
from core.reports.storage import sha256_of
from core.reports.transitions import BEGIN, CANCEL, FAIL, FINISH


@dataclass(frozen=True, slots=True)
class Order:
    """A version that is to be made, with all that is needed for it."""

    report: Report
    version: ReportVersion
    kind: Kind
    centre: Centre

    @classmethod
    def of(cls, report: Report, version: ReportVersion) -> Self:
        """The order of a version."""
        return cls(report, version, kinds()[report.kind], Centre.objects.get(pk=report.centre_id))

    @property
    def format(self) -> Format:
        """What it is to be made into."""
        return Format(self.report.format)

    @property
    def is_of_now(self) -> bool:
        """Whether its data was read as the kind reads it now, and so can be composed anew."""
        return self.version.template == self.kind.template

    @property
    def setting(self) -> Setting:
        """For whom its kind reads and composes."""
        params = self.kind.params.model_validate(self.report.params)
        as_of = self.version.begun_at or clock.now()
        return Setting(self.centre.pk, self.centre.timezone, params, as_of)

    def document(self, parts: Sequence[Part], subtitle: str = "") -> Document:
        """The parts under the head that all documents of the version have."""
        head = Head(
            centre=self.centre.name,
            colour=self.centre.colour,
            language=self.centre.language,
            timezone=self.centre.timezone,
            title=str(self.kind.title),
            subtitle=subtitle,
            asked_by=self.report.asked_by.name,
            generated_at=(self.version.begun_at or clock.now()).replace(microsecond=0),
            filters=filters_in_words(self.setting.params, self.centre.pk),
        )
        return Document(head, tuple(parts))


def setting_for(params: Params, centre_id: int) -> Setting:
    """The setting of what is only asked for."""
    timezone = Centre.objects.get(pk=centre_id).timezone
    return Setting(centre_id, timezone, params, clock.now())


@transaction.atomic
def begin(report_id: int, number: int) -> Order | None:
    """Show that it is being made; None when it is made, or not wanted any more."""
    report = lock(report_id)
    if report.number != number or report.state not in BEGIN.before:
        return None
    version = ReportVersion.objects.get(report=report, number=number)
    if report.state != ReportState.GENERATING:
        version.begun_at = clock.now()
        version.save(update_fields=["begun_at"])
        move(report, BEGIN)
    return Order.of(report, version)


def note_snapshot(order: Order, snapshot: Snapshot, rows: int) -> None:
    """Write down, in the present transaction, what the version is made of.

    Cards that an earlier attempt has made of other data are not of this version any more.
    """
    version = order.version
    version.cards.all().delete()
    version.snapshot, version.snapshot_name = snapshot.as_json(), snapshot.folder.name
    version.rows, version.template = rows, order.kind.template
    version.save(update_fields=["snapshot", "snapshot_name", "rows", "template"])


def note_cards(order: Order, cards: Sequence[ReportCard]) -> None:
    """Write down, in the present transaction, which pupils' cards are made."""
    ReportCard.objects.bulk_create(cards)


def card_of(order: Order, *, student_id: int, name: str, place: int, path: Path) -> ReportCard:
    """The row of a card whose file is whole."""
    return ReportCard(
        centre_id=order.report.centre_id,
        version=order.version,
        student_id=student_id,
        name=name[:200],
        place=place,
        file_name=f"{path.parent.name}/{path.name}",
        size=path.stat().st_size,
        sha256=sha256_of(path),
    )


@dataclass(frozen=True, slots=True)
class Made:
    """The file of a version that is whole; read once, before anything is locked for it."""

    name: str
    size: int
    sha256: str

    @classmethod
    def of(cls, path: Path) -> Self:
        """What is kept of the file."""
        return cls(path.name, path.stat().st_size, sha256_of(path))


def finish(order: Order, made: Made) -> bool:
    """Write down, in the present transaction, that the version is made; False if it is unwanted."""
    report = lock(order.report.pk)
    if report.number != order.version.number or report.state not in FINISH.before:
        return False
    version = order.version
    version.file_name, version.size, version.sha256 = made.name, made.size, made.sha256
    version.made_at = clock.now()
    version.save(update_fields=["file_name", "size", "sha256", "made_at"])
    move(report, FINISH, rows=version.rows)
    if report.doubted_at:  # marks came while it was made
        publish_doubt(report)
    if version.begun_at and version.rows is not None:
        seconds = (version.made_at - version.begun_at).total_seconds()
        note_pace(report.kind, report.format, version.rows, seconds)
    return True


@transaction.atomic
def fail(job_id: UUID) -> None:
    """Let a report follow its job, which has failed for good."""
    for report in Report.objects.select_for_update(of=("self",)).filter(job=job_id):
        with suppress(ConflictError):  # it was cancelled meanwhile
            move(report, FAIL)


@transaction.atomic
def cancel(job_id: UUID) -> None:
    """Let a report follow its job, which somebody has stopped among their jobs."""
    for report in Report.objects.select_for_update(of=("self",)).filter(job=job_id):
        with suppress(ConflictError):  # by way of the report itself
            move(report, CANCEL)
