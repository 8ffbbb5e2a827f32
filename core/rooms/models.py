"""Tables of topics, rooms and messages."""

from typing import Final

from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _
from uuid_utils.compat import uuid7

from core.classes.models import SchoolClass
from core.people.models import Centre, Role, User

OFFICE: Final = (Role.STAFF, Role.HEAD, Role.ADMIN)  # reads, and keeps in order, all rooms
STAFF: Final = (Role.TEACHER, *OFFICE)


class RoomAudience(models.TextChoices):
    """Whose room it is, beside the office."""

    CLASS = "class", _("A class and its teachers")
    FAMILIES = "families", _("The guardians of a class and its teachers")
    STAFF = "staff", _("Teachers and staff")
    CENTRE = "centre", _("Everybody of the centre")


OF_CLASS: Final = (RoomAudience.CLASS, RoomAudience.FAMILIES)


class Topic(models.Model):
    """What rooms are about."""

    centre = models.ForeignKey(Centre, models.CASCADE, related_name="+")
    name = models.CharField(max_length=60)

    class Meta:
        constraints = [models.UniqueConstraint("centre", Lower("name"), name="topic_once")]

    def __str__(self) -> str:
        return self.name


class Room(models.Model):
    """Where some people of a centre write to each other. A closed one is read and not written."""

    centre = models.ForeignKey(Centre, models.CASCADE, related_name="+")
    topic = models.ForeignKey(Topic, models.PROTECT, related_name="rooms")
    name = models.CharField(max_length=100)
    audience = models.CharField(max_length=16, choices=RoomAudience.choices)
    school_class = models.ForeignKey(SchoolClass, models.PROTECT, null=True, related_name="+")
    opened_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    created_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(audience__in=OF_CLASS, school_class__isnull=False)
                | Q(school_class__isnull=True) & ~Q(audience__in=OF_CLASS),
                name="room_of_class_has_one",
            )
        ]

    def __str__(self) -> str:
        return self.name


class Message(models.Model):
    """Something said in a room. `seq` is its number in the room's stream."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    centre = models.ForeignKey(Centre, models.CASCADE, related_name="+")
    room = models.ForeignKey(Room, models.CASCADE, related_name="messages")
    seq = models.BigIntegerField()
    author = models.ForeignKey(User, models.PROTECT, related_name="+")
    body = models.TextField()
    created_at = models.DateTimeField()
    edited_at = models.DateTimeField(null=True)
    removed_at = models.DateTimeField(null=True)  # with it the body went
    removed_by = models.ForeignKey(User, models.PROTECT, related_name="+", null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["room", "seq"], name="message_number_once")]

    def __str__(self) -> str:
        return f"{self.author} in {self.room}"


class Mention(models.Model):
    """A person whom a message names, `@Ann Ashby`."""

    centre = models.ForeignKey(Centre, models.CASCADE, related_name="+")
    message = models.ForeignKey(Message, models.CASCADE, related_name="mentions")
    person = models.ForeignKey(User, models.CASCADE, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["message", "person"], name="mention_once")]

    def __str__(self) -> str:
        return f"{self.person} in {self.message_id}"


class RoomReading(models.Model):
    """Up to which message a person has read a room."""

    centre = models.ForeignKey(Centre, models.CASCADE, related_name="+")
    room = models.ForeignKey(Room, models.CASCADE, related_name="+")
    person = models.ForeignKey(User, models.CASCADE, related_name="+")
    up_to = models.BigIntegerField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["room", "person"], name="room_reading_once")]

    def __str__(self) -> str:
        return f"{self.person} in {self.room} up to {self.up_to}"
