"""What is sent and told of reports."""

from datetime import datetime
from typing import Annotated, Any, Self

from pydantic import ConfigDict, Field

from core.http.bodies import BodyText, Given, Id, Moment, Told
from core.reports.contents import Found
from core.reports.differences import Differences
from core.reports.kind import Audience, Format, Kind
from core.reports.models import (
    Decision,
    Report,
    ReportRecipient,
    ReportReview,
    ReportState,
    ReportVersion,
)
from core.reports.standing import Standing
from core.reports.words import title_of

ASKED: dict[str, Any] = {
    "kind": "class_progress",
    "params": {"classes": ["1"], "since": "2026-09-01", "until": "2026-11-20"},
}


class ReportAsked(Given):
    """A report as it is asked for."""

    model_config = ConfigDict(json_schema_extra={"example": {**ASKED, "format": "pdf"}})

    kind: Annotated[str, Field(max_length=40, description="one of `GET /api/report-kinds`")]
    params: Annotated[dict[str, Any], Field(description="as the kind describes them")]
    format: Format
    bom: Annotated[bool, Field(description="CSV: begin with a byte order mark")] = False


class PreviewAsked(Given):
    """What is to be looked at before a report is asked for."""

    model_config = ConfigDict(json_schema_extra={"example": ASKED})

    kind: Annotated[str, Field(max_length=40)]
    params: dict[str, Any]


class ReviewGiven(Given):
    """What a reviewer says."""

    decision: Decision
    comment: BodyText = ""


class ReleaseGiven(Given):
    """To whom a report goes, and when."""

    model_config = ConfigDict(json_schema_extra={"example": {"audience": ["guardians"]}})

    audience: Annotated[
        Audience | tuple[Audience, ...], Field(description="one, or a list of several")
    ]
    at: Moment | None = None

    @property
    def audiences(self) -> tuple[Audience, ...]:
        """The audience as a list."""
        return self.audience if isinstance(self.audience, tuple) else (self.audience,)


class KindTold(Told):
    """A kind of report: what it says, and what it can be asked for."""

    kind: str
    title: str
    summary: str
    params: Annotated[dict[str, Any], Field(description="JSON Schema")]
    formats: list[Format]
    audiences: list[Audience]

    @classmethod
    def of(cls, kind: Kind, params: dict[str, Any]) -> Self:
        """The kind in words."""
        return cls(
            kind=kind.name,
            title=str(kind.title),
            summary=str(kind.says),
            params=params,
            formats=list(kind.formats),
            audiences=list(kind.audiences),
        )


class ReportBrief(Told):
    """A report that was asked for."""

    id: Id
    state: ReportState
    stream: Annotated[str, Field(description="where its steps and its progress can be followed")]

    @classmethod
    def of(cls, report: Report) -> Self:
        """The report in words."""
        return cls(id=report.pk, state=ReportState(report.state), stream=f"report:{report.pk}")


class ReportTold(ReportBrief):
    """A report, and how it stands."""

    kind: str
    title: str
    about: str
    params: dict[str, Any]
    format: Format
    version: int
    asked_by: str
    created_at: datetime
    moved_at: datetime
    progress: Annotated[float, Field(description="0 to 1")]
    stage: str
    position: Annotated[int | None, Field(description="1 is next; null when it does not wait")]
    eta_seconds: Annotated[int | None, Field(description="null where nothing can be said")]
    rows: int | None
    size: int | None
    sha256: str
    seal: Annotated[str, Field(description="SHA-256 over file, data and template, once approved")]
    audience: list[Audience]
    release_at: datetime | None
    expires_at: datetime | None

    @classmethod
    def told(cls, report: Report, version: ReportVersion | None, standing: Standing) -> Self:
        """The report and its latest version in words."""
        return cls(
            **ReportBrief.of(report).model_dump(),
            **{name: getattr(report, name) for name in _SAME},
            title=title_of(report),
            version=report.number,
            asked_by=report.asked_by.name,
            progress=standing.progress,
            stage=standing.stage,
            position=standing.position,
            eta_seconds=standing.eta_seconds,
            rows=version.rows if version else None,
            size=version.size if version else None,
            sha256=version.sha256 if version else "",
            seal=version.seal if version else "",
        )


_SAME = (
    *("kind", "about", "params", "format", "created_at", "moved_at"),
    *("audience", "release_at", "expires_at"),
)


class PreviewTold(Told):
    """The first rows of a report."""

    columns: list[str]
    rows: list[list[str]]


class ReportReviewTold(Told):
    """What a reviewer said of a version."""

    version: int
    by: str
    decision: Decision
    comment: str
    at: datetime

    @classmethod
    def of(cls, review: ReportReview) -> Self:
        """The review in words."""
        return cls(
            version=review.number,
            by=review.by.name,
            decision=Decision(review.decision),
            comment=review.comment,
            at=review.at,
        )


class RecipientTold(Told):
    """Somebody to whom a report was released."""

    person_id: Id
    name: str
    student_name: Annotated[str | None, Field(description="whose card it is")]
    released_at: datetime
    opened_at: datetime | None
    downloaded_at: datetime | None

    @classmethod
    def of(cls, recipient: ReportRecipient) -> Self:
        """The recipient in words."""
        return cls(
            person_id=recipient.person_id,
            name=recipient.person.name,
            student_name=recipient.card.name if recipient.card else None,
            released_at=recipient.released_at,
            opened_at=recipient.opened_at,
            downloaded_at=recipient.downloaded_at,
        )


class ReleasedTold(Told):
    """A report, or a pupil's card of it, that was released to the reader."""

    report_id: Id
    title: str
    student_id: Annotated[Id | None, Field(description="whose card it is")]
    student_name: str | None
    format: Format
    sha256: str
    released_at: datetime

    @classmethod
    def of(cls, recipient: ReportRecipient) -> Self:
        """What the recipient has got, in words."""
        version, card = recipient.version, recipient.card
        found = Found(version.report, version, card)
        return cls(
            report_id=version.report_id,
            title=title_of(version.report),
            student_id=str(card.student_id) if card else None,
            student_name=card.name if card else None,
            format=Format(version.report.format),
            sha256=found.sha256,
            released_at=recipient.released_at,
        )


class ChangeTold(Told):
    """A figure before and after."""

    figure: str
    before: str
    after: str


class DifferenceTold(Told):
    """A row that is new, gone, or has other figures."""

    what: str
    row: list[str]
    changes: list[ChangeTold]


class DifferencesTold(Told):
    """What is other between two versions."""

    rows: list[DifferenceTold]
    has_more: bool

    @classmethod
    def of(cls, found: Differences) -> Self:
        """The differences in words."""
        rows = [
            DifferenceTold(
                what=each.what,
                row=list(each.row),
                changes=[
                    ChangeTold(figure=c.figure, before=c.before, after=c.after)
                    for c in each.changes
                ],
            )
            for each in found.rows
        ]
        return cls(rows=rows, has_more=found.has_more)
