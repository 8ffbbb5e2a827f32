"""The forms of rooms. Rules stand in actions.py and message_actions.py."""

from typing import Any, Final

from django import forms
from django.utils.translation import gettext_lazy as _

from core.classes.models import SchoolClass
from core.http.forms import OneLine
from core.rooms.models import OF_CLASS, Room, RoomAudience, Topic

LONGEST: Final = 10_000  # of a message
# TABLE: what it means that a room is somebody's.
EXPLAINED: Final = {
    RoomAudience.CLASS: _("The students of a class and its teachers write here."),
    RoomAudience.FAMILIES: _("The guardians of a class's students and its teachers write here."),
    RoomAudience.STAFF: _("Teachers, staff, heads and admins write here; nobody else sees it."),
    RoomAudience.CENTRE: _("Everybody writes here: students, guardians, teachers and staff."),
}
LABELS: Final = {
    RoomAudience.CLASS: _("A class"),
    RoomAudience.FAMILIES: _("The families of a class"),
    RoomAudience.STAFF: _("Teachers and staff"),
    RoomAudience.CENTRE: _("Everybody"),
}


class Words(forms.CharField):
    """What is said; browsers send other line breaks than everybody else."""

    def to_python(self, value: Any) -> str:
        return str(super().to_python(value) or "").replace("\r\n", "\n")


class MessageForm(forms.Form):
    """Something that is said in a room."""

    body = Words(
        label=_("Your message"),
        max_length=LONGEST,
        error_messages={"required": _("Write something first.")},
    )
    file_error: Any = ""

    def complain_of_files(self, said: str) -> None:
        """Say what is wrong with the files."""
        self.file_error = said
        self.add_error(None, said)


class TopicForm(forms.Form):
    """What a room is about, and what it is called; a topic may be new."""

    topic_id = forms.ChoiceField(label=_("What is it about?"), required=False)
    new_topic = OneLine(label=_("Or something new"), max_length=60, required=False)
    name = OneLine(
        label=_("Name of the room"),
        max_length=100,
        error_messages={"required": _("Give the room a name.")},
    )

    def __init__(self, data: Any, *, topics: list[Topic], room: Room | None = None) -> None:
        initial = {"topic_id": str(room.topic_id), "name": room.name} if room else {}
        super().__init__(data, initial=initial)
        names = [(str(each.pk), each.name) for each in topics]
        self.fields["topic_id"].choices = [("", _("Choose…")), *names]  # type: ignore[attr-defined]
        if not topics:
            self.fields["new_topic"].label = self.fields["topic_id"].label

    def clean(self) -> dict[str, Any]:
        """One topic there must be: a new one counts for more than the one that was chosen."""
        given = super().clean() or {}
        is_wrong = not self.errors.keys().isdisjoint({"topic_id", "new_topic"})
        if not (given.get("topic_id") or given.get("new_topic") or is_wrong):
            self.add_error("new_topic", _("Say what the room is about."))
        return given


class RoomForm(TopicForm):
    """A new room."""

    audience = forms.ChoiceField(
        label=_("Whose room is it?"),
        error_messages={"required": _("Say whose room it is.")},
    )
    class_id = forms.ChoiceField(label=_("Class"), required=False)

    def __init__(
        self, data: Any, *, topics: list[Topic], classes: list[SchoolClass], is_office: bool
    ) -> None:
        super().__init__(data, topics=topics)
        audiences = list(RoomAudience) if is_office else OF_CLASS
        self.fields["audience"].choices = [(each, LABELS[each]) for each in audiences]  # type: ignore[attr-defined]
        names = [(str(each.pk), each.name) for each in classes]
        first = [] if len(names) == 1 else [("", _("Choose…"))]
        self.fields["class_id"].choices = [*first, *names]  # type: ignore[attr-defined]

    @property
    def explained(self) -> list[tuple[str, Any, Any]]:
        """The audiences to choose from, each with what it means."""
        choices = self.fields["audience"].choices  # type: ignore[attr-defined]
        return [(value, label, EXPLAINED[RoomAudience(value)]) for value, label in choices]

    def clean(self) -> dict[str, Any]:
        """A class goes with the audiences that are of one, and with those alone."""
        given = super().clean()
        if given.get("audience") not in OF_CLASS:
            given["class_id"] = ""
        elif not (given.get("class_id") or "class_id" in self.errors):
            self.add_error("class_id", _("Choose the class."))
        return given
