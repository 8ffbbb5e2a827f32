"""What the home page shows: homework as cards, and the classes one may write for."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from django.db.models import Count, Min

from core import clock
from core.classes.models import Enrolment, SchoolClass
from core.classes.queries import classes_for, taught_by
from core.homework.models import Homework, HomeworkState
from core.homework.queries import drafts_by, homework_read_twice
from core.people.actor import Actor
from core.people.models import Role

MOST_COMING: Final = 100
MOST_PAST: Final = 20
MOST_DRAFTS: Final = 5
MOST_CLASSES: Final = 12
SOON: Final = timedelta(days=7)


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
    rows = homework_read_twice(by).select_related("centre")
    children = children_by_class(by)
    next_ones = rows.filter(due_at__gte=now).order_by("due_at", "pk")[: MOST_COMING + 1]
    last_ones = rows.filter(due_at__lt=now).order_by("-due_at", "-pk")[:MOST_PAST]
    # One after the other in one statement, each in its order.
    found = list(next_ones.union(last_ones, all=True))
    coming = [each for each in found if each.due_at >= now]
    past = [each for each in found if each.due_at < now]
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
        until=None,
        student__guardians__centre_id=by.centre_id,
        student__guardians__guardian_id=by.user_id,
        student__guardians__custody_blocked=False,
    )
    names = enrolments.order_by("student__name").values_list("school_class_id", "student__name")
    for class_id, name in names:
        found[class_id].append(name)
    return found


def classes_to_write_for(by: Actor) -> list[SchoolClass] | None:
    """The first classes by name for which the actor may set homework."""
    classes = classes_for(by) if by.is_any(Role.ADMIN) else taught_by(by)
    return list(classes.filter(archived_at=None).order_by("name", "pk")[:MOST_CLASSES]) or None


def drafts_of(by: Actor) -> list[Homework] | None:
    """What the actor has begun to write and not published; what is due first comes first."""
    return (
        list(drafts_by(by).select_related("centre").order_by("due_at", "pk")[:MOST_DRAFTS]) or None
    )


@dataclass(frozen=True, slots=True)
class Child:
    """What a guardian wants to know of one child."""

    name: str
    soon: int  # how much is due within a week
    next_due: datetime | None


def children_of(by: Actor) -> list[Child] | None:
    """The actor's children by name, of whom they may know."""
    classes_by_name: dict[str, list[int]] = defaultdict(list)
    for class_id, names in children_by_class(by).items():
        for name in names:
            classes_by_name[name].append(class_id)
    due = _due_soon({each for ids in classes_by_name.values() for each in ids})
    return [
        _child(name, [due[each] for each in ids if each in due])
        for name, ids in sorted(classes_by_name.items())
    ] or None


def _due_soon(class_ids: set[int]) -> dict[int, tuple[int, datetime]]:
    """For each class how much is due within a week, and when the first of it."""
    now = clock.now()
    rows = Homework.objects.filter(
        school_class__in=class_ids,
        state=HomeworkState.PUBLISHED,
        due_at__range=(now, now + SOON),
    ).values_list("school_class_id")
    return {pk: (count, first) for pk, count, first in rows.annotate(Count("pk"), Min("due_at"))}


def _child(name: str, due: list[tuple[int, datetime]]) -> Child:
    firsts = [first for _, first in due]
    return Child(name, sum(count for count, _ in due), min(firsts, default=None))
