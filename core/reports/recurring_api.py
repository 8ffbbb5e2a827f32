"""Recurring reports over HTTP, for the office."""

from datetime import date, datetime
from typing import Annotated, Any, Final, Self

from django.http import HttpRequest
from ninja import Query, Router, Status
from pydantic import ConfigDict, Field

from core.http.bodies import Given, Id, Told, id_from
from core.http.lists import Order, Page, Wanted, read_page
from core.people.acting import acting
from core.reports import recurring
from core.reports.bodies import ASKED
from core.reports.kind import Format
from core.reports.models import Every, RecurringReport
from core.reports.rhythm import Rhythm

router = Router(tags=["reports"])

NEXT_FIRST: Final = Order(RecurringReport, "next_at", "id")
EXAMPLE: Final[dict[str, Any]] = {
    **ASKED,
    "params": {"classes": ["1"]},
    "format": "pdf",
    "every": "week",
    "first_on": "2026-11-23",
    "hour": 7,
    "readers": ["3"],
}


class RecurringGiven(Given):
    """A report that is to come by itself."""

    model_config = ConfigDict(json_schema_extra={"example": EXAMPLE})

    kind: Annotated[str, Field(max_length=40)]
    params: Annotated[
        dict[str, Any],
        Field(description="as the kind describes them, but `since` and `until`: the days between"),
    ]
    format: Format
    bom: bool = False
    every: Every
    first_on: date
    hour: Annotated[int, Field(ge=0, le=23, description="of the centre's clocks")]
    readers: Annotated[tuple[str, ...], Field(description="ids of staff for whom it is made")]

    @property
    def rhythm(self) -> Rhythm:
        """When it comes."""
        return Rhythm(every=self.every, first_on=self.first_on, hour=self.hour)


class ReaderTold(Told):
    """Somebody for whom it is made."""

    id: Id
    name: str


class RecurringTold(Told):
    """A report that comes by itself."""

    id: Id
    kind: str
    about: str
    format: Format
    every: Every
    first_on: date
    hour: int
    next_at: datetime
    by: str
    readers: list[ReaderTold]

    @classmethod
    def of(cls, saved: RecurringReport) -> Self:
        """The saved request in words."""
        return cls(
            id=saved.pk,
            kind=saved.kind,
            about=saved.about,
            format=Format(saved.format),
            every=Every(saved.every),
            first_on=saved.first_on,
            hour=saved.hour,
            next_at=saved.next_at,
            by=saved.by.name,
            readers=[
                ReaderTold(id=each.person_id, name=each.person.name) for each in saved.readers.all()
            ],
        )


@router.get(
    "recurring-reports",
    response=Page[RecurringTold],
    operation_id="list_recurring_reports",
    summary="Recurring reports",
)
def list_recurring(request: HttpRequest, wanted: Query[Wanted]) -> Page[RecurringTold]:
    """The reports that come by themselves, the next first."""
    rows = recurring.recurring_for(acting(request))
    return read_page(rows, NEXT_FIRST, wanted, RecurringTold.of)


@router.post(
    "recurring-reports",
    response={201: RecurringTold},
    operation_id="save_recurring_report",
    summary="Have a report come by itself",
)
def save_recurring(request: HttpRequest, given: RecurringGiven) -> Status[RecurringTold]:
    """Has a report made every day, week or month, for named staff."""
    by = acting(request)
    saved = recurring.save_recurring(
        kind=given.kind,
        params=given.params,
        into=given.format,
        bom=given.bom,
        rhythm=given.rhythm,
        readers=[id_from(each) or 0 for each in given.readers],
        by=by,
    )
    return Status(201, RecurringTold.of(recurring.recurring_for(by).get(pk=saved.pk)))


@router.delete(
    "recurring-reports/{int:recurring_id}",
    response={204: None},
    operation_id="end_recurring_report",
    summary="End a recurring report",
)
def end_recurring(request: HttpRequest, recurring_id: int) -> Status[None]:
    """It comes no more; what was made stays."""
    recurring.end_recurring(recurring_id=recurring_id, by=acting(request))
    return Status(204, None)
