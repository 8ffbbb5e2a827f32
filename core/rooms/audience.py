"""Who is told of a message: whom it names and may read it by now; and why somebody is not."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from django.db.models import Exists, F, OuterRef, QuerySet, Subquery
from django.utils.translation import gettext_noop

from core.classes.models import Enrolment, Teaching
from core.people.models import Guardianship, Membership
from core.rooms.events import MessagePosted
from core.rooms.models import OFFICE, STAFF, Mention, Message, RoomAudience

# Why somebody is not told.
GONE: Final = gettext_noop("the room is gone")
REMOVED: Final = gettext_noop("the message was removed")
NOBODY: Final = gettext_noop("the message names nobody else")
LEFT: Final = gettext_noop("no longer of the centre")
INACTIVE: Final = gettext_noop("account is not active")
OUTSIDE: Final = gettext_noop("no longer in the room")
CUSTODY: Final = gettext_noop("custody block")
NO_CONTACT: Final = gettext_noop("is not to be contacted")


@dataclass(frozen=True, slots=True)
class Ward:
    """A student of a room's class, and what counts for one of their guardians."""

    student_id: int
    is_blocked: bool
    is_silent: bool  # the guardian is not to be contacted


Wards = dict[tuple[int, int], list[Ward]]  # by guardian and class


@dataclass(frozen=True, slots=True)
class Standing:
    """Somebody whom a message names, and how they stand to its room by now."""

    person_id: int
    audience: str
    roles: frozenset[str] | None  # None: no longer of the centre
    is_active: bool
    teaches: bool
    attends: bool
    wards: tuple[Ward, ...]  # of families' rooms

    @property
    def why_not(self) -> str:
        """Why they are not told, or ''."""
        if self.roles is None:
            return LEFT
        if not self.is_active:
            return INACTIVE
        return "" if self._reads(self.roles) else self._bar_to_guardian()

    @property
    def students(self) -> tuple[int, ...]:
        """Of whom they are told as a guardian; () for who is in the room by themselves."""
        if self._reads(self.roles or frozenset()):
            return ()
        return tuple(
            each.student_id for each in self.wards if not (each.is_blocked or each.is_silent)
        )

    def _reads(self, roles: frozenset[str]) -> bool:
        """Whether they read the room, also without any wards."""
        if self.audience == RoomAudience.CENTRE or not roles.isdisjoint(OFFICE):
            return True
        if self.audience == RoomAudience.STAFF:
            return not roles.isdisjoint(STAFF)
        return self.teaches or (self.audience == RoomAudience.CLASS and self.attends)

    def _bar_to_guardian(self) -> str:
        """A guardian of several is told as long as they may know of one of these."""
        if not self.wards:
            return OUTSIDE
        if all(each.is_blocked for each in self.wards):
            return CUSTODY
        return "" if self.students else NO_CONTACT


@dataclass(frozen=True, slots=True)
class Scene:
    """Messages, without their words, and whom they name, as all stand by now."""

    messages: Mapping[UUID, Message]
    named: Mapping[tuple[UUID, int], Standing]

    def moot(self, event: MessagePosted) -> str:
        """Why nobody is to be told of the message any more, or ''."""
        message = self.messages.get(event.message_id)
        if message is None:
            return GONE
        if message.removed_at:
            return REMOVED
        return "" if self.audience(event) else NOBODY

    def audience(self, event: MessagePosted) -> list[Standing]:
        """Everyone whom it names but who wrote it."""
        found = (each for (message, _), each in self.named.items() if message == event.message_id)
        others = [each for each in found if each.person_id != event.by_id]
        return sorted(others, key=lambda each: each.person_id)

    def why_not(self, event: MessagePosted, person_id: int) -> str:
        """Why a person is not to be told, or ''."""
        standing = self.named.get((event.message_id, person_id))
        return self.moot(event) or (standing.why_not if standing else OUTSIDE)


def scene_of(events: Collection[MessagePosted], people: Iterable[int] | None = None) -> Scene:
    """The events' messages and whom they name; where people are given, these alone.

    Three queries, however many events there are.
    """
    ids = {each.message_id for each in events}
    messages = Message.objects.select_related("author", "room__centre", "room__school_class")
    named = Mention.objects.filter(message__in=ids)
    named = named if people is None else named.filter(person__in=set(people))
    return Scene(messages.defer("body").in_bulk(ids), _standings(named))


def _standings(named: QuerySet[Mention]) -> dict[tuple[UUID, int], Standing]:
    rows = list(_asked(named))
    families = [each for each in rows if each[2] == RoomAudience.FAMILIES]
    wards = _wards({each[1] for each in families}, {each[3] for each in families})
    return {
        (message, person): Standing(
            person,
            audience,
            None if roles is None else frozenset(roles),
            is_active,
            teaches,
            attends,
            tuple(wards[person, class_id]),
        )
        for message, person, audience, class_id, roles, is_active, teaches, attends in rows
    }


def _asked(named: QuerySet[Mention]) -> QuerySet[Mention, tuple[Any, ...]]:
    present = Membership.objects.filter(
        centre=OuterRef("centre"), user=OuterRef("person"), is_active=True
    )
    of_class = {"school_class": OuterRef("message__room__school_class")}
    return named.values_list(
        "message_id",
        "person_id",
        "message__room__audience",
        "message__room__school_class_id",
        Subquery(present.values("roles")),
        "person__is_active",
        Exists(Teaching.objects.filter(**of_class, teacher=OuterRef("person"))),
        Exists(Enrolment.objects.filter(**of_class, student=OuterRef("person"), until=None)),
    )


def _wards(guardians: Collection[int], classes: Collection[int]) -> Wards:
    """Whom they are guardians of among the present students, by guardian and class."""
    found: Wards = defaultdict(list)
    if not guardians:
        return found
    rows = Guardianship.objects.filter(
        guardian__in=guardians,
        centre=F("student__enrolments__centre"),
        student__enrolments__school_class__in=classes,
        student__enrolments__until=None,
    ).values_list(
        "guardian_id",
        "student__enrolments__school_class_id",
        "student_id",
        "custody_blocked",
        "may_be_contacted",
    )
    for guardian, school_class, student, is_blocked, may_be_contacted in rows.order_by("student"):
        ward = Ward(student, is_blocked, is_silent=not may_be_contacted)
        found[guardian, school_class].append(ward)
    return found
