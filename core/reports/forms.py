"""The forms in which reports are reviewed and released."""

from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from core.reports.kind import LABELS, Audience
from core.reports.models import Decision

LOCAL_TIME = "%Y-%m-%dT%H:%M"  # what <input type="datetime-local"> shows and sends
LONGEST = 20_000  # characters of a comment, as over HTTP


class ReviewForm(forms.Form):
    """What a reviewer says of a report."""

    comment = forms.CharField(label=_("Comment"), required=False, max_length=LONGEST)
    decision = forms.ChoiceField(choices=Decision.choices)


class ReleaseForm(forms.Form):
    """To whom a report goes, and when: at once where no time is given. Times are the centre's."""

    audience = forms.MultipleChoiceField(
        label=_("For whom"),
        error_messages={"required": _("Choose for whom it is.")},
    )
    at = forms.DateTimeField(
        label=_("When"),
        required=False,
        input_formats=[LOCAL_TIME, f"{LOCAL_TIME}:%S"],
        error_messages={"invalid": _("Enter a date and a time, like 27 November 2026, 16:00.")},
    )

    def __init__(self, data: Any, *, zone: str, audiences: tuple[Audience, ...]) -> None:
        self.zone = ZoneInfo(zone)
        super().__init__(
            data, initial={"audience": list(audiences[:1]) if _is_one(audiences) else []}
        )
        self.fields["audience"].choices = [(each.value, LABELS[each]) for each in audiences]  # type: ignore[attr-defined]

    def full_clean(self) -> None:
        """Validate, reading the time as the centre's clocks show it."""
        with timezone.override(self.zone):
            super().full_clean()

    @property
    def given(self) -> dict[str, Any]:
        """The arguments for releasing."""
        audience = [Audience(each) for each in self.cleaned_data["audience"]]
        return {"audience": audience, "at": self.cleaned_data["at"]}


def _is_one(audiences: tuple[Audience, ...]) -> bool:
    return len(audiences) == 1
