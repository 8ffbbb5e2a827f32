"""The forms in which an admin enters terms and holidays. Rules stand in actions.py."""

import re
from datetime import date
from typing import Any, Final

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core.calendar.actions import Closure
from core.calendar.models import ClosedDay, Term
from core.http.forms import OneLine

LINE: Final = re.compile(
    r"(\d{4}-\d\d-\d\d)(?:\s*(?:-|\u2013|\.\.|/)\s*(\d{4}-\d\d-\d\d))?[\s,;:]+(.+)"
)
MOST_LINES: Final = 200


class DayField(forms.DateField):
    """A day, as <input type="date"> shows and sends it."""

    def __init__(self, label: Any, *, required: bool = True) -> None:
        errors = {
            "required": gettext_lazy("Choose a day."),
            "invalid": gettext_lazy("Enter a day, like 27 November 2026."),
        }
        formats = ["%Y-%m-%d"]
        super().__init__(
            label=label, required=required, input_formats=formats, error_messages=errors
        )


class NamedForm(forms.Form):
    """Something of the calendar that has a name."""

    name = OneLine(
        label=gettext_lazy("Name"),
        max_length=100,
        error_messages={"required": gettext_lazy("Give it a name.")},
    )


class TermForm(NamedForm):
    """A term, first and last day included."""

    begins = DayField(gettext_lazy("First day"))
    ends = DayField(gettext_lazy("Last day"))

    def __init__(self, data: Any, *, term: Term | None = None) -> None:
        super().__init__(data, initial=_of(term, "name", "begins", "ends"))


class HolidayForm(NamedForm):
    """A day without school, or several in a row."""

    day = DayField(gettext_lazy("Day"))
    until = DayField(gettext_lazy("Until"), required=False)

    def __init__(self, data: Any, *, closed: ClosedDay | None = None) -> None:
        super().__init__(data, initial=_of(closed, "name", "day", "until"))


class HolidaysForm(forms.Form):
    """Many holidays at once, one in a line."""

    lines = forms.CharField(
        label=gettext_lazy("Holidays, one in a line"),
        max_length=20_000,
        error_messages={"required": gettext_lazy("Enter at least one holiday.")},
    )

    def clean_lines(self) -> list[Closure]:
        """What the lines say; the first that says nothing is named."""
        lines = [line.strip() for line in str(self.cleaned_data["lines"]).splitlines()]
        filled = [line for line in lines if line]
        if len(filled) > MOST_LINES:
            raise forms.ValidationError(_("Enter at most %(most)s lines.") % {"most": MOST_LINES})
        return [closure_from(line) for line in filled]


def closure_from(line: str) -> Closure:
    """`2026-12-24 - 2027-01-06 Christmas` or `2026-05-01 May Day`; ValidationError otherwise."""
    found = LINE.fullmatch(line)
    wrong = forms.ValidationError(
        _("“%(line)s” is no holiday. Write it like 2026-12-24 - 2027-01-06 Christmas.")
        % {"line": line[:60]}
    )
    if found is None:
        raise wrong
    first, last, name = found.groups()
    try:
        days = date.fromisoformat(first), date.fromisoformat(last or first)
    except ValueError:
        raise wrong from None
    return Closure(" ".join(name.split())[:100], *days)


def _of(row: Term | ClosedDay | None, *fields: str) -> dict[str, str]:
    """What a row holds, as the form shows it."""
    return {field: str(getattr(row, field) or "") for field in fields} if row else {}
