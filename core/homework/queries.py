"""All that reads homework. Another centre's does not exist here."""

from collections.abc import Iterable
from datetime import UTC

from django.db import connection
from django.db.models import Q, QuerySet

from core.classes.models import SchoolClass
from core.classes.queries import SEE_ALL, attended_by, own_classes, taught_by
from core.homework.models import Homework, HomeworkState
from core.people.actor import Actor
from core.refusals import NotFoundError


def homework_for(by: Actor) -> QuerySet[Homework]:
    """The homework the actor may see: drafts only of classes they teach or oversee."""
    homework = Homework.objects.filter(centre_id=by.centre_id).select_related("school_class")
    if by.is_any(*SEE_ALL):
        return homework
    attended = SchoolClass.objects.filter(centre_id=by.centre_id).filter(attended_by(by))
    return homework.filter(
        Q(school_class__in=taught_by(by))
        | Q(school_class__in=attended, state=HomeworkState.PUBLISHED)
    )


def homework_read_twice(by: Actor) -> QuerySet[Homework]:
    """The same rows, cheaper for a statement that reads them twice: their classes are known."""
    if by.is_any(*SEE_ALL):
        return homework_for(by)
    taught, attended = own_classes(by)
    homework = Homework.objects.filter(centre_id=by.centre_id).select_related("school_class")
    return homework.filter(
        Q(school_class__in=taught) | Q(school_class__in=attended, state=HomeworkState.PUBLISHED)
    )


def drafts_by(by: Actor) -> QuerySet[Homework]:
    """What the actor has begun to write, and may see."""
    drafts = Homework.objects.filter(
        centre_id=by.centre_id, author_id=by.user_id, state=HomeworkState.DRAFT
    ).select_related("school_class")
    return drafts if by.is_any(*SEE_ALL) else drafts.filter(school_class__in=taught_by(by))


def get_homework(homework_id: int, *, by: Actor) -> Homework:
    """One of `homework_for`; NotFoundError otherwise."""
    found = homework_for(by).filter(pk=homework_id).first()
    if found is None:
        raise NotFoundError("There is no such homework.")
    return found


def told_of(homework: Homework) -> dict[str, str]:
    """What its class is told of a homework, as it can be kept; spaces and lines do not count."""
    return {
        "title": homework.title,
        "body": " ".join(homework.body.split()),
        "due_at": homework.due_at.astimezone(UTC).isoformat(),
    }


def hold_homework(ids: Iterable[int]) -> None:
    """Keep the homework as it is until the present transaction ends: who recalls it waits.

    So whoever is told of it meanwhile is found by what the recall has follow.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT FROM homework_homework WHERE id = ANY(%s) ORDER BY id FOR SHARE", [list(ids)]
        )
