"""All that reads rooms. Who may not read one is told that there is none."""

from typing import Final
from uuid import UUID

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Func, IntegerField, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce

from core.classes.models import Enrolment, SchoolClass
from core.classes.queries import classes_for, taught_by, wards_of
from core.people.actor import Actor
from core.people.models import Membership, User
from core.refusals import NotFoundError
from core.rooms.models import (
    OF_CLASS,
    OFFICE,
    STAFF,
    Message,
    Room,
    RoomAudience,
    RoomReading,
    Topic,
)

# Rooms in which nothing is written any more.
OVER: Final = Q(closed_at__isnull=False) | Q(school_class__archived_at__isnull=False)

MOST_UNREAD: Final = 100  # that are counted


def is_office(by: Actor) -> bool:
    """Whether the actor reads, and keeps in order, all rooms of their centre."""
    return by.is_any(*OFFICE)


def topics_of(by: Actor) -> QuerySet[Topic]:
    """The topics of the actor's centre."""
    return Topic.objects.filter(centre_id=by.centre_id)


def rooms_for(by: Actor) -> QuerySet[Room]:
    """The rooms that the actor may read, closed ones too."""
    return _rooms(by) if is_office(by) else _rooms(by).filter(_whose(by))


def own_rooms(by: Actor) -> QuerySet[Room]:
    """The rooms of whose people the actor is one; what the office reads besides is not there."""
    return _rooms(by).filter(_whose(by))


def get_room(room_id: int, *, by: Actor) -> Room:
    """One of `rooms_for`; NotFoundError otherwise."""
    return one_of(rooms_for(by), room_id)


def one_of(rooms: QuerySet[Room], room_id: int) -> Room:
    """The room of this id among them; NotFoundError otherwise."""
    found = rooms.filter(pk=room_id).first()
    if found is None:
        raise NotFoundError("There is no such room.")
    return found


def is_open(room: Room) -> bool:
    """Whether it can be written in; its class should be selected."""
    is_over = room.school_class is not None and room.school_class.archived_at is not None
    return room.closed_at is None and not is_over


def keeps_order(room: Room, by: Actor) -> bool:
    """Whether the actor may close the room and take away what others said there."""
    if is_office(by):
        return True
    return (
        room.school_class_id is not None and taught_by(by).filter(pk=room.school_class_id).exists()
    )


def with_news(rooms: QuerySet[Room], *, by: Actor) -> QuerySet[Room]:
    """Each with `unread`, how many messages of others the actor has not read, and `last_at`.

    Counted are MOST_UNREAD at most: who is new to an old room has all of it before them.
    """
    messages = Message.objects.filter(room=OuterRef("pk"))
    read = RoomReading.objects.filter(room=OuterRef("room"), person_id=by.user_id)
    unread = (
        messages.exclude(author_id=by.user_id)
        .filter(removed_at=None, seq__gt=Coalesce(Subquery(read.values("up_to")), 0))
        .order_by("-seq")
        .values("pk")[:MOST_UNREAD]
    )
    return rooms.annotate(
        unread=Func(ArraySubquery(unread), function="cardinality", output_field=IntegerField()),
        last_at=Subquery(messages.order_by("-seq").values("created_at")[:1]),
    )


def read_up_to(room: Room, by: Actor) -> int:
    """The number of the last message that the actor has read; 0 for none."""
    read = RoomReading.objects.filter(room=room, person_id=by.user_id)
    return read.values_list("up_to", flat=True).first() or 0


def messages_of(room: Room) -> QuerySet[Message]:
    """What was said in a room, with who said it; of what was removed only that it was."""
    return Message.objects.filter(room=room).select_related("author")


def get_message(message_id: UUID, *, by: Actor) -> Message:
    """A message in a room that the actor may read; NotFoundError otherwise."""
    messages = Message.objects.filter(centre_id=by.centre_id, room__in=rooms_for(by))
    found = messages.select_related("author", "room__school_class").filter(pk=message_id).first()
    if found is None:
        raise NotFoundError("There is no such message.")
    return found


def classes_to_open_for(by: Actor) -> QuerySet[SchoolClass]:
    """The classes for which the actor may open rooms, by name."""
    classes = classes_for(by) if is_office(by) else taught_by(by)
    return classes.filter(archived_at=None).order_by("name", "pk")


def people_of(room: Room) -> QuerySet[User]:
    """Whose room it is: who is named there is told. The office reads it besides."""
    people = User.objects.filter(is_active=True, pk__in=_members(room).values("user_id"))
    if room.audience not in OF_CLASS:
        return people
    teaches = Q(teachings__school_class=room.school_class_id)
    students = Enrolment.objects.filter(school_class=room.school_class_id, until=None)
    if room.audience == RoomAudience.CLASS:
        theirs = Q(pk__in=students.values("student_id"))
    else:
        theirs = Q(
            wards__centre=room.centre_id,
            wards__custody_blocked=False,
            wards__student__in=students.values("student_id"),
        )
    return people.filter(teaches | theirs).distinct()


def _members(room: Room) -> QuerySet[Membership]:
    members = Membership.objects.filter(centre_id=room.centre_id, is_active=True)
    if room.audience == RoomAudience.STAFF:
        return members.filter(roles__overlap=list(STAFF))
    return members


def _rooms(by: Actor) -> QuerySet[Room]:
    rooms = Room.objects.filter(centre_id=by.centre_id)
    return rooms.select_related("topic", "school_class")


def _whose(by: Actor) -> Q:
    """Rooms of whose people the actor is one."""
    present = Enrolment.objects.filter(centre_id=by.centre_id, until=None)
    attended = present.filter(student_id=by.user_id)
    of_wards = present.filter(student_id__in=wards_of(by).values("student_id"))
    found = Q(audience=RoomAudience.CENTRE)
    found |= Q(audience__in=OF_CLASS, school_class__in=taught_by(by))
    found |= Q(audience=RoomAudience.CLASS, school_class__in=attended.values("school_class_id"))
    found |= Q(audience=RoomAudience.FAMILIES, school_class__in=of_wards.values("school_class_id"))
    if by.is_any(*STAFF):
        found |= Q(audience=RoomAudience.STAFF)
    return found
