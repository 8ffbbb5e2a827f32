"""The calendar over HTTP."""

from http import HTTPStatus
from typing import Final

from django.http import HttpRequest, HttpResponse
from ninja import Query, Router, Status

from core.calendar import actions, queries
from core.calendar.bodies import (
    HolidayChange,
    HolidayDraft,
    HolidayTold,
    TermChange,
    TermDraft,
    TermTold,
)
from core.calendar.models import ClosedDay, Term
from core.http.lists import Order, Page, Wanted, read_page
from core.people.acting import acting

router = Router(tags=["calendar"])

TERMS_LATEST_FIRST: Final = Order(Term, "-begins", "-id")
HOLIDAYS_LATEST_FIRST: Final = Order(ClosedDay, "-day", "-id")


@router.get("terms", response=Page[TermTold], operation_id="list_terms", summary="Terms")
def list_terms(request: HttpRequest, wanted: Query[Wanted]) -> Page[TermTold]:
    """The terms of the own centre, the latest first."""
    return read_page(queries.terms_for(acting(request)), TERMS_LATEST_FIRST, wanted, TermTold.of)


@router.post("terms", response={201: TermTold}, operation_id="add_term", summary="Add a term")
def add_term(request: HttpRequest, given: TermDraft) -> Status[TermTold]:
    """Enters a term, first and last day included. It may not overlap another."""
    return Status(201, TermTold.of(actions.add_term(**dict(given), by=acting(request))))


@router.patch(
    "terms/{int:term_id}", response=TermTold, operation_id="change_term", summary="Change a term"
)
def change_term(request: HttpRequest, term_id: int, given: TermChange) -> TermTold:
    """Changes what is given. It may not come to overlap another."""
    changes = given.model_dump(exclude_unset=True)
    return TermTold.of(actions.change_term(term_id=term_id, by=acting(request), **changes))


@router.delete(
    "terms/{int:term_id}",
    response={204: None},
    operation_id="remove_term",
    summary="Remove a term",
)
def remove_term(request: HttpRequest, term_id: int) -> HttpResponse:
    """Takes a term out of the calendar. One that classes or remarks belong to stays (409)."""
    actions.remove_term(term_id=term_id, by=acting(request))
    return HttpResponse(status=HTTPStatus.NO_CONTENT)


@router.get(
    "holidays", response=Page[HolidayTold], operation_id="list_holidays", summary="Holidays"
)
def list_holidays(request: HttpRequest, wanted: Query[Wanted]) -> Page[HolidayTold]:
    """The days on which the own centre is closed, the latest first; weekends are not among them."""
    rows = queries.closed_days_for(acting(request))
    return read_page(rows, HOLIDAYS_LATEST_FIRST, wanted, HolidayTold.of)


@router.post(
    "holidays", response={201: HolidayTold}, operation_id="add_holiday", summary="Add a holiday"
)
def add_holiday(request: HttpRequest, given: HolidayDraft) -> Status[HolidayTold]:
    """Enters a day without school, or several in a row. They may not overlap others."""
    closure = actions.Closure(given.name, given.day, given.until)
    (closed,) = actions.add_holidays(closures=[closure], by=acting(request))
    return Status(201, HolidayTold.of(closed))


@router.patch(
    "holidays/{int:closed_day_id}",
    response=HolidayTold,
    operation_id="change_holiday",
    summary="Change a holiday",
)
def change_holiday(request: HttpRequest, closed_day_id: int, given: HolidayChange) -> HolidayTold:
    """Changes what is given. It may not come to overlap another."""
    changes = given.model_dump(exclude_unset=True)
    by = acting(request)
    return HolidayTold.of(actions.change_holiday(closed_day_id=closed_day_id, by=by, **changes))


@router.delete(
    "holidays/{int:closed_day_id}",
    response={204: None},
    operation_id="remove_holiday",
    summary="Remove a holiday",
)
def remove_holiday(request: HttpRequest, closed_day_id: int) -> HttpResponse:
    """Takes a closed day out of the calendar: there is school again."""
    actions.remove_holiday(closed_day_id=closed_day_id, by=acting(request))
    return HttpResponse(status=HTTPStatus.NO_CONTENT)
