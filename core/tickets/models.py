"""Tables of the help desk. A ticket's number counts within its centre and leaves none out."""

from typing import Final

from django.db import models
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from core.people.models import Centre, Role, User

DESK: Final = (Role.STAFF, Role.HEAD, Role.ADMIN)  # who sees to a centre's tickets


class TicketState(models.TextChoices):
    """Where a ticket stands."""

    OPEN = "open", pgettext_lazy("ticket", "Open")
    IN_PROGRESS = "in_progress", _("In progress")  # the desk has taken it up
    RESOLVED = "resolved", pgettext_lazy("ticket", "Resolved")


class Priority(models.TextChoices):
    """How soon a ticket is to be looked at."""

    NORMAL = "normal", _("Normal")
    URGENT = "urgent", _("Urgent")


class What(models.TextChoices):
    """What happened in a step."""

    OPENED = "opened"
    CHANGED = "changed"  # category, priority, subject
    ASSIGNED = "assigned"
    RELEASED = "released"  # nobody looks after it any more
    COMMENTED = "commented"
    NOTED = "noted"  # a comment for staff only
    RESOLVED = "resolved"
    REOPENED = "reopened"


class TicketCounter(models.Model):
    """The latest number of a centre; its row is the lock under which numbers are given."""

    centre = models.OneToOneField(Centre, models.CASCADE, related_name="+", primary_key=True)
    last = models.IntegerField()

    def __str__(self) -> str:
        return f"#{self.last}"


class TicketCategory(models.Model):
    """What a centre's tickets are about. One that is not active is kept for its tickets."""

    centre = models.ForeignKey(Centre, models.CASCADE, related_name="+")
    name = models.CharField(max_length=60)
    active = models.BooleanField(default=True)

    class Meta:
        constraints = [
            models.UniqueConstraint("centre", Lower("name"), name="ticket_category_once")
        ]

    def __str__(self) -> str:
        return self.name


class Ticket(models.Model):
    """Something that a member of a centre asks its staff to see to."""

    centre = models.ForeignKey(Centre, models.CASCADE, related_name="+")
    number = models.IntegerField()
    requester = models.ForeignKey(User, models.PROTECT, related_name="+")
    category = models.ForeignKey(TicketCategory, models.PROTECT, related_name="+")
    subject = models.CharField(max_length=200)
    body = models.TextField(blank=True)
    state = models.CharField(max_length=16, choices=TicketState.choices, default=TicketState.OPEN)
    priority = models.CharField(max_length=16, choices=Priority.choices, default=Priority.NORMAL)
    assignee = models.ForeignKey(User, models.PROTECT, related_name="+", null=True)
    created_at = models.DateTimeField()
    updated_at = models.DateTimeField()  # of the latest step that its requester may see
    resolved_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["centre", "number"], name="ticket_number_once")
        ]
        indexes = [
            models.Index(fields=["centre", "state", "-updated_at"], name="ticket_of_desk"),
            models.Index(fields=["centre", "requester", "-updated_at"], name="ticket_of_requester"),
        ]

    def __str__(self) -> str:
        return f"#{self.number} {self.subject}"


class TicketComment(models.Model):
    """Something said about a ticket; an internal one is for the centre's staff only."""

    centre = models.ForeignKey(Centre, models.CASCADE, related_name="+")
    ticket = models.ForeignKey(Ticket, models.CASCADE, related_name="comments")
    author = models.ForeignKey(User, models.PROTECT, related_name="+")
    body = models.TextField()
    internal = models.BooleanField(default=False)
    created_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.author} on {self.ticket}"


class TicketStep(models.Model):
    """One step of a ticket's history, written by the action that took it."""

    centre = models.ForeignKey(Centre, models.CASCADE, related_name="+")
    ticket = models.ForeignKey(Ticket, models.CASCADE, related_name="steps")
    at = models.DateTimeField()
    by = models.ForeignKey(User, models.PROTECT, related_name="+")
    what = models.CharField(max_length=16, choices=What.choices)
    internal = models.BooleanField(default=False)
    detail = models.JSONField(default=dict)  # what it was and became, in words: {"subject": [a, b]}
    comment = models.OneToOneField(TicketComment, models.CASCADE, related_name="+", null=True)

    def __str__(self) -> str:
        return f"{self.ticket} {self.what}"
