"""The types of fields that kinds of report are asked for with; what may be chosen depends on who.

A field's JSON schema says how its form looks: `format: date`, `boolean`, or `x-choices`, the name
of a list in core/reports/choices.py. Titles are put into the reader's language there.
"""

from datetime import date
from typing import Annotated, Any, Final, Self

from django.utils.translation import gettext_noop as _
from pydantic import AfterValidator, BeforeValidator, Field, model_validator

from core.calendar.bodies import written_as_day
from core.http.bodies import id_from
from core.people.models import Role
from core.reports.kind import Params

CHOICES: Final = "x-choices"
LONGEST: Final = 1_100  # days: three school years
MOST_CLASSES: Final = 500


def an_id(given: object) -> object:
    """An id as clients say it, or as it was kept."""
    return given if isinstance(given, int) else id_from(str(given)) or given


def once(given: tuple[int, ...]) -> tuple[int, ...]:
    """Each of them once, in order, so that equal requests look equal."""
    return tuple(sorted(set(given)))


def a_day(given: object) -> object:
    """A day as clients say it, and not a number, which pydantic would read as one too."""
    return given if isinstance(given, date) else written_as_day(given)


def _chosen(of: str, title: str, *, least: int | None = None, most: int | None = None) -> Any:
    return Field(title=title, json_schema_extra={CHOICES: of}, min_length=least, max_length=most)


Id = Annotated[int, BeforeValidator(an_id)]
ClassIds = Annotated[
    tuple[Id, ...],
    _chosen("classes", _("Classes"), least=1, most=MOST_CLASSES),
    AfterValidator(once),
]
# None chosen: whoever it is.
SomeClassIds = Annotated[
    tuple[Id, ...],
    _chosen("classes", _("Classes"), most=MOST_CLASSES),
    AfterValidator(once),
]
TermId = Annotated[Id, _chosen("terms", _("Term"))]
SomeRole = Annotated[
    Role | None, BeforeValidator(lambda given: given or None), _chosen("roles", _("Role"))
]
Day = Annotated[date, BeforeValidator(a_day)]


class Period(Params):
    """Days of the centre's calendar, the first and the last included."""

    since: Annotated[Day, Field(title=_("From"), description=_("the first day"))]
    until: Annotated[Day, Field(title=_("To"), description=_("the last day"))]

    @model_validator(mode="after")
    def check_order(self) -> Self:
        """Refuse a period that ends before it begins, or takes more than three years."""
        if self.until < self.since:
            raise ValueError("The period ends before it begins.")
        if (self.until - self.since).days > LONGEST:
            raise ValueError("The period must be three years at most.")
        return self
