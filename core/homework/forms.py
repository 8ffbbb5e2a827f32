"""The forms in which a teacher writes a homework, and says when it is published."""

from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from core.homework.complaints import FormWithFiles
from core.homework.models import BEST_SCORE, HIGHEST_BEST_SCORE, Homework

LOCAL_TIME = "%Y-%m-%dT%H:%M"  # what <input type="datetime-local"> shows and sends


class LocalForm(FormWithFiles):
    """A form whose times are the centre's."""

    def __init__(self, data: Any, *, zone: str, initial: dict[str, Any]) -> None:
        self.zone = ZoneInfo(zone)
        super().__init__(data, initial=initial)

    def full_clean(self) -> None:
        """Validate, reading times as the centre's clocks show them."""
        with timezone.override(self.zone):
            super().full_clean()


class ScheduleForm(LocalForm):
    """When a homework is to be published."""

    at = forms.DateTimeField(
        label=_("Publish at"),
        input_formats=[LOCAL_TIME, f"{LOCAL_TIME}:%S"],
        error_messages={
            "required": _("Say when it is to be published."),
            "invalid": _("Enter a date and a time, like 27 November 2026, 16:00."),
        },
    )

    def __init__(self, data: Any, *, zone: str, homework: Homework | None = None) -> None:
        at = homework.publish_at if homework else None
        initial = {"at": at.astimezone(ZoneInfo(zone)).strftime(LOCAL_TIME)} if at else {}
        super().__init__(data, zone=zone, initial=initial)


class HomeworkForm(LocalForm):
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
    max_score = forms.IntegerField(
        label=_("Best score"), min_value=1, max_value=HIGHEST_BEST_SCORE, required=False
    )

    def __init__(self, data: Any, *, zone: str, homework: Homework | None = None) -> None:
        initial = self._of(homework, ZoneInfo(zone)) if homework else {"max_score": BEST_SCORE}
        super().__init__(data, zone=zone, initial=initial)

    def clean_max_score(self) -> int:
        """What is left empty is what it was, or as usual."""
        return int(self.cleaned_data["max_score"] or self.initial["max_score"])

    def clean_title(self) -> str:
        """One line, as it becomes a mail's subject."""
        return " ".join(str(self.cleaned_data["title"]).split())

    def clean_body(self) -> str:
        """Lines end as everywhere else, not as in a browser's forms."""
        return str(self.cleaned_data["body"]).replace("\r\n", "\n")

    @property
    def changes(self) -> dict[str, Any]:
        """The arguments for actions.py; a due date that was left alone is not among them.

        It would lose its seconds, and so seem to be a new one.
        """
        given = dict(self.cleaned_data)
        if self.data.get("due_at") == self.initial.get("due_at"):
            del given["due_at"]
        return given

    @staticmethod
    def _of(homework: Homework, zone: ZoneInfo) -> dict[str, Any]:
        return {
            "title": homework.title,
            "body": homework.body,
            "due_at": homework.due_at.astimezone(zone).strftime(LOCAL_TIME),
            "max_score": homework.max_score,
        }
