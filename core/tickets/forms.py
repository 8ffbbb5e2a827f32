"""The forms of the help desk. Rules stand in actions.py."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from core.people.models import User
from core.tickets.models import Priority, Ticket, TicketCategory, TicketState

LONGEST = 20_000


def one_line(text: str) -> str:
    """The words in one line; what cannot be printed is left out."""
    return "".join(each for each in " ".join(text.split()) if each.isprintable())


class LineField(forms.CharField):
    """A text of one line: a mail's subject can be made of it."""

    def to_python(self, value: Any) -> str:
        return one_line(str(super().to_python(value) or ""))


def category_field(categories: list[TicketCategory]) -> forms.ChoiceField:
    """The choice of one of the categories."""
    return forms.ChoiceField(
        label=_("What is it about?"),
        choices=[("", _("Choose…")), *((str(each.pk), each.name) for each in categories)],
        error_messages={"required": _("Choose what it is about.")},
    )


class TicketForm(forms.Form):
    """A new ticket."""

    subject = LineField(
        label=_("In a few words"),
        max_length=200,
        error_messages={"required": _("Say in a few words what you need.")},
    )
    body = forms.CharField(label=_("Tell us more"), max_length=LONGEST, required=False)
    priority = forms.BooleanField(label=_("It cannot wait"), required=False)

    def __init__(self, data: Any, *, categories: list[TicketCategory]) -> None:
        super().__init__(data)
        self.fields["category_id"] = category_field(categories)
        self.order_fields(["category_id"])

    @property
    def given(self) -> dict[str, Any]:
        """The arguments for actions.py."""
        return {
            "subject": self.cleaned_data["subject"],
            "body": self.cleaned_data["body"],
            "category_id": int(self.cleaned_data["category_id"]),
            "priority": Priority.URGENT if self.cleaned_data["priority"] else Priority.NORMAL,
        }


class ManageForm(forms.Form):
    """What staff may change of a ticket, and who looks after it."""

    subject = LineField(
        label=_("Subject"),
        max_length=200,
        error_messages={"required": _("A ticket needs a subject.")},
    )
    priority = forms.BooleanField(label=_("Urgent"), required=False)
    assignee_id = forms.ChoiceField(label=_("Looked after by"), required=False)

    def __init__(
        self,
        data: Any,
        *,
        ticket: Ticket,
        categories: list[TicketCategory],
        staff: list[User],
    ) -> None:
        super().__init__(data, initial=self._of(ticket))
        if ticket.category not in categories:  # it may stay though it is out of use
            categories = [*categories, ticket.category]
        self.fields["category_id"] = category_field(categories)
        people = [(str(each.pk), each.name) for each in staff]
        self.fields["assignee_id"].choices = [("", _("Nobody yet")), *people]  # type: ignore[attr-defined]

    @property
    def changes(self) -> dict[str, Any]:
        """What is to change by `edit_ticket`: only what was changed in the form."""
        given = self.cleaned_data
        wanted = {
            "subject": given["subject"],
            "category_id": int(given["category_id"]),
            "priority": Priority.URGENT if given["priority"] else Priority.NORMAL,
        }
        return {name: value for name, value in wanted.items() if name in self.changed_data}

    @property
    def assignee(self) -> int | None:
        """Who is to look after it."""
        return int(self.cleaned_data["assignee_id"]) if self.cleaned_data["assignee_id"] else None

    def _of(self, ticket: Ticket) -> dict[str, Any]:
        return {
            "subject": ticket.subject,
            "category_id": str(ticket.category_id),
            "priority": ticket.priority == Priority.URGENT,
            "assignee_id": str(ticket.assignee_id or ""),
        }


class WordForm(forms.Form):
    """What is said in a ticket, and what is done with it along with that."""

    COMMENT, NOTE, RESOLVE, REOPEN = "comment", "note", "resolve", "reopen"

    body = forms.CharField(
        label=_("Your message"),
        max_length=LONGEST,
        required=False,
        error_messages={"required": _("Write something first.")},
    )
    then = forms.ChoiceField(choices=[(each, each) for each in (COMMENT, NOTE, RESOLVE, REOPEN)])

    def clean(self) -> dict[str, Any]:
        """Only resolving and reopening can go without words."""
        given = super().clean() or {}
        silent = given.get("then") in (self.RESOLVE, self.REOPEN)
        if not (silent or given.get("body") or self.errors):
            self.add_error("body", self.fields["body"].error_messages["required"])
        return given


class ChoiceForm(forms.Form):
    """Which tickets are looked at. What makes no sense counts as not said."""

    WAITING, MINE, NOBODYS, ASKED, ALL = "waiting", "mine", "nobodys", "asked", "all"

    show = forms.ChoiceField(
        label=_("Show"),
        required=False,
        choices=[
            (WAITING, _("Not resolved")),
            (MINE, _("Mine to look after")),
            (NOBODYS, _("With nobody")),
            (ASKED, _("Asked by me")),
            (TicketState.RESOLVED, _("Resolved")),
            (ALL, _("All")),
        ],
    )
    category = forms.ChoiceField(label=_("About"), required=False)
    q = forms.CharField(label=_("Search"), max_length=200, required=False)

    def __init__(self, data: Any, *, categories: list[TicketCategory], is_desk: bool) -> None:
        super().__init__(data)
        named = [(str(each.pk), each.name) for each in categories]
        self.fields["category"].choices = [("", _("Anything")), *named]  # type: ignore[attr-defined]
        if not is_desk:
            of_staff = (self.MINE, self.NOBODYS, self.ASKED)
            show: Any = self.fields["show"]
            show.choices = [each for each in show.choices if each[0] not in of_staff]

    def wanted(self, name: str) -> str:
        """What was chosen, or ''."""
        self.full_clean()
        return str(self.cleaned_data.get(name) or "")


class CategoryForm(forms.Form):
    """A category's name."""

    name = LineField(
        label=_("Name"),
        max_length=60,
        error_messages={"required": _("Give the category a name.")},
    )
