"""The form in which a teacher writes a homework."""

from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from core.homework.models import Homework

LOCAL_TIME = "%Y-%m-%dT%H:%M"  # what <input type="datetime-local"> shows and sends


class HomeworkForm(forms.Form):
    """Title, text and due date; times are the centre's. Rules stand in actions.py."""

    title = forms.CharField(
        label=_("Title"),
        max_length=200,
        error_messages={"required": _("Give the homework a title.")},
    )
    body = forms.CharField(label=_("What to do"), max_length=20_000, required=False)
    due_at = forms.DateTimeField(
        label=_("Due"),
        input_formats=[LOCAL_TIME, f"{LOCAL_TIME}:%S"],
        error_messages={
            "required": _("Say when it is due."),
            "invalid": _("Enter a date and a time, like 27 November 2026, 16:00."),
        },
    )

    def __init__(self, data: Any, *, zone: str, homework: Homework | None = None) -> None:
        self.zone = ZoneInfo(zone)
        super().__init__(data, initial=self._of(homework) if homework else {})

    def full_clean(self) -> None:
        """Validate, reading times as the centre's clocks show them."""
        with timezone.override(self.zone):
            super().full_clean()

    def clean_title(self) -> str:
        """One line, as it becomes a mail's subject."""
        return " ".join(str(self.cleaned_data["title"]).split())

    @property
    def changes(self) -> dict[str, Any]:
        """The arguments for actions.py; a due date that was left alone is not among them.

        It would lose its seconds, and so seem to be a new one.
        """
        given = dict(self.cleaned_data)
        if self.data.get("due_at") == self.initial.get("due_at"):
            del given["due_at"]
        return given

    def _of(self, homework: Homework) -> dict[str, str]:
        due_at = homework.due_at.astimezone(self.zone)
        return {
            "title": homework.title,
            "body": homework.body,
            "due_at": due_at.strftime(LOCAL_TIME),
        }
