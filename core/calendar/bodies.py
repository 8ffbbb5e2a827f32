"""What is sent and told of the calendar."""

import re
from datetime import date
from typing import Annotated, Final, Self

from pydantic import AfterValidator, BeforeValidator, Field, StringConstraints

from core.calendar.models import ClosedDay, Term
from core.http.bodies import STORABLE, Given, Id, Told, one_line

ISO_DAY: Final = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)


def written_as_day(given: object) -> object:
    """Refuse numbers and moments, which pydantic would read as days too."""
    if not (isinstance(given, str) and ISO_DAY.fullmatch(given)):
        raise ValueError("must be a day like 2030-01-31")
    return given


Day = Annotated[date, BeforeValidator(written_as_day)]
Name = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=1, max_length=100),
    STORABLE,
    AfterValidator(one_line),
]
NO_DAY: Final = date.min  # the default of what is never read


class TermDraft(Given):
    """A term, first and last day included."""

    name: Name
    begins: Day
    ends: Day


class TermChange(Given):
    """What is to change of a term; what is left out stays."""

    name: Name = Field(default_factory=str)
    begins: Day = Field(default_factory=lambda: NO_DAY)
    ends: Day = Field(default_factory=lambda: NO_DAY)


class TermTold(Told):
    """A term."""

    id: Id
    name: str
    begins: date
    ends: date

    @classmethod
    def of(cls, term: Term) -> Self:
        """The term in words."""
        return cls(id=str(term.pk), name=term.name, begins=term.begins, ends=term.ends)


class HolidayDraft(Given):
    """A day without school, or several in a row."""

    name: Name
    day: Day
    until: Day | None = None


class HolidayChange(Given):
    """What is to change of a holiday; what is left out stays. `until` null: one day alone."""

    name: Name = Field(default_factory=str)
    day: Day = Field(default_factory=lambda: NO_DAY)
    until: Day | None = None


class HolidayTold(Told):
    """A day without school, or several in a row."""

    id: Id
    name: str
    day: date
    until: date | None

    @classmethod
    def of(cls, closed: ClosedDay) -> Self:
        """The holiday in words."""
        return cls(id=str(closed.pk), name=closed.name, day=closed.day, until=closed.until)
