"""The types of fields that kinds of report are asked for with; what may be chosen depends on who.

A field's JSON schema says how its form looks: `format: date`, `enum`, `boolean`, or `x-choices`,
the name of a list in core/reports/choices.py.
"""

from datetime import date
from typing import Annotated, Final, Self

from pydantic import AfterValidator, BeforeValidator, Field, model_validator

from core.http.bodies import id_from
from core.reports.kind import Params

CHOICES: Final = "x-choices"
LONGEST: Final = 1_100  # days: three school years


def an_id(given: object) -> object:
    """An id as clients say it, or as it was kept."""
    return given if isinstance(given, int) else id_from(str(given)) or given


def _chosen(of: str) -> object:
    return Field(json_schema_extra={CHOICES: of, "type": "string"})


def once(given: tuple[int, ...]) -> tuple[int, ...]:
    """Each of them once, in order, so that equal requests look equal."""
    return tuple(sorted(set(given)))


ClassId = Annotated[int, BeforeValidator(an_id), _chosen("classes")]
TermId = Annotated[int, BeforeValidator(an_id), _chosen("terms")]
ClassIds = Annotated[
    tuple[Annotated[int, BeforeValidator(an_id)], ...],
    AfterValidator(once),
    Field(
        min_length=1,
        max_length=200,
        json_schema_extra={CHOICES: "classes", "items": {"type": "string"}},
    ),
]


class Period(Params):
    """Days of the centre's calendar, the first and the last included."""

    since: Annotated[date, Field(title="From", description="the first day")]
    until: Annotated[date, Field(title="To", description="the last day")]

    @model_validator(mode="after")
    def check_order(self) -> Self:
        """Refuse a period that ends before it begins, or takes more than three years."""
        if self.until < self.since:
            raise ValueError("The period ends before it begins.")
        if (self.until - self.since).days > LONGEST:
            raise ValueError("The period must be three years at most.")
        return self
