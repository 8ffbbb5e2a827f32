"""What the home page shows: homework as cards, and the classes one may write for."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from django.db.models import QuerySet

from core import clock
from core.classes.models import Enrolment, SchoolClass
from core.classes.queries import classes_for
from core.homework.models import Homework
from core.homework.queries import homework_for
from core.people.actor import Actor
from core.people.models import Role

MOST_COMING: Final = 100
MOST_PAST: Final = 20


@dataclass(frozen=True, slots=True)
class Card:
    """A homework, and which of the actor's children it is for."""

    homework: Homework
    children: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Board:
    """The homework one may see: what is due next first, then what was due, latest first."""

    coming: list[Card]
    past: list[Card]
    shows_states: bool  # to those who see more than what is published
    is_writers: bool
    has_more: bool


def board_of(by: Actor) -> Board:
    """The actor's homework in three queries at most."""
    now = clock.now()
    rows = homework_for(by).select_related("centre")
    children = children_by_class(by)
    coming = list(rows.filter(due_at__gte=now).order_by("due_at", "pk")[: MOST_COMING + 1])
    past = rows.filter(due_at__lt=now).order_by("-due_at", "-pk")[:MOST_PAST]
    return Board(
        coming=_cards(coming[:MOST_COMING], children),
        past=_cards(past, children),
        shows_states=by.is_any(Role.TEACHER, Role.STAFF, Role.HEAD, Role.ADMIN),
        is_writers=by.is_any(Role.TEACHER, Role.ADMIN),
        has_more=len(coming) > MOST_COMING,
    )


def _cards(rows: Iterable[Homework], children: dict[int, list[str]]) -> list[Card]:
    return [Card(each, tuple(children.get(each.school_class_id, ()))) for each in rows]


def children_by_class(by: Actor) -> dict[int, list[str]]:
    """For each class, the names of the actor's children in it, of whom they may know."""
    found: dict[int, list[str]] = defaultdict(list)
    if not by.is_any(Role.PARENT):
        return found
    enrolments = Enrolment.objects.filter(
        centre_id=by.centre_id,
        student__guardians__centre_id=by.centre_id,
        student__guardians__guardian_id=by.user_id,
        student__guardians__custody_blocked=False,
    )
    names = enrolments.order_by("student__name").values_list("school_class_id", "student__name")
    for class_id, name in names:
        found[class_id].append(name)
    return found


def classes_to_write_for(by: Actor) -> QuerySet[SchoolClass]:
    """The classes by name for which the actor may set homework."""
    classes = classes_for(by).order_by("name", "pk")
    if by.is_any(Role.ADMIN):
        return classes
    return classes.filter(teachers=by.user_id) if by.is_any(Role.TEACHER) else classes.none()
