"""Which file a person gets of a report, and sending it."""

from dataclasses import dataclass

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils.translation import gettext_noop

from core.files.serving import send_bytes
from core.people.actor import Actor
from core.refusals import ConflictError, NotFoundError
from core.reports import queries
from core.reports.formats import FORMATS
from core.reports.kind import Format
from core.reports.models import (
    MADE,
    Report,
    ReportCard,
    ReportRecipient,
    ReportState,
    ReportVersion,
)
from core.reports.releasing import note_opened
from core.reports.storage import path_of
from core.reports.words import title_of

NOT_MADE = gettext_noop("The report is not made, or not kept any more.")
NO_CARD = gettext_noop("There is no such card in this report.")


@dataclass(frozen=True, slots=True)
class Found:
    """A file that a person may open, and as whose recipient they do."""

    report: Report
    version: ReportVersion
    card: ReportCard | None = None
    recipient: ReportRecipient | None = None

    @property
    def sha256(self) -> str:
        """Of its bytes."""
        return self.card.sha256 if self.card else self.version.sha256

    @property
    def file_name(self) -> str:
        """Where it is, in the version's folder."""
        return self.card.file_name if self.card else self.version.file_name

    @property
    def shown_name(self) -> str:
        """Under which it is saved: `Class progress 12-2.pdf`."""
        whose = f" {self.card.name}" if self.card else ""
        suffix = FORMATS[Format(self.report.format)].suffix
        return f"{title_of(self.report)} {self.report.pk}-{self.version.number}{whose}{suffix}"


def find_content(
    report_id: int, *, number: int | None = None, student_id: int | None = None, by: Actor
) -> Found:
    """The whole file, or a pupil's card, for those who see the report or to whom it is released.

    NotFoundError for anything else; ConflictError while there is none.
    """
    try:
        report = queries.get_report(report_id, by=by)
    except NotFoundError:
        return _released(report_id, student_id, by)
    version = queries.version_of(report, number)
    is_kept = report.state in MADE or (number is not None and report.state != ReportState.EXPIRED)
    is_made = version.made_at and is_kept
    if not is_made or not path_of(version.folder).exists():
        raise ConflictError(NOT_MADE)
    if student_id is None:
        return Found(report, version)
    card = version.cards.filter(student_id=student_id).first()
    if card is None:
        raise NotFoundError(NO_CARD)
    return Found(report, version, card)


def _released(report_id: int, student_id: int | None, by: Actor) -> Found:
    """What was released to the actor: of several cards the first, unless one is named."""
    released = queries.get_released(report_id, by=by)
    for each in released.recipients:
        if student_id is None or (each.card and each.card.student_id == student_id):
            return Found(released.report, each.version, each.card, each)
    raise NotFoundError(queries.NO_REPORT)


def send_content(request: HttpRequest, found: Found) -> HttpResponseBase:
    """The file, to be saved; it is remembered that a recipient has it."""
    if found.recipient:
        note_opened([found.recipient], downloaded=True)
    return send_bytes(
        request,
        path_of(found.version.folder) / found.file_name,
        name=found.shown_name,
        media_type=FORMATS[Format(found.report.format)].media_type,
        sha256=found.sha256,
    )
