"""All that changes homework. Each action is one transaction that also publishes its event."""

from datetime import datetime, timedelta

from django.db import transaction

from core import clock
from core.classes.queries import check_not_archived, get_class, may_teach
from core.events.publish import publish
from core.homework import queries
from core.homework.events import (
    HomeworkDrafted,
    HomeworkEdited,
    HomeworkPublished,
    HomeworkWithdrawn,
)
from core.homework.models import Homework, HomeworkState
from core.people.actor import Actor
from core.refusals import ConflictError, InvalidError, NotAllowedError

LONGEST_AHEAD = timedelta(days=730)


@transaction.atomic
def draft_homework(
    *, class_id: int, title: str, body: str, due_at: datetime, by: Actor
) -> Homework:
    """Write a homework that only the class's teachers see; InvalidError for a wrong due date."""
    check_due(due_at)
    school_class = get_class(class_id, by=by)
    if not may_teach(school_class, by):
        raise NotAllowedError("Only a teacher of the class can set homework for it.")
    check_not_archived(school_class)
    homework = Homework.objects.create(
        centre_id=by.centre_id,
        school_class=school_class,
        author_id=by.user_id,
        title=title,
        body=body,
        due_at=due_at,
        created_at=clock.now(),
    )
    publish(HomeworkDrafted(centre_id=by.centre_id, homework_id=homework.pk))
    return homework


@transaction.atomic
def edit_homework(
    *,
    homework_id: int,
    by: Actor,
    title: str | None = None,
    body: str | None = None,
    due_at: datetime | None = None,
) -> Homework:
    """Change what is given of a homework; ConflictError when it was withdrawn.

    The due date may stay one that has passed, but may not become one (InvalidError).
    """
    homework = _lock(homework_id, by)
    if homework.state == HomeworkState.WITHDRAWN:
        raise ConflictError("A withdrawn homework cannot be changed.")
    if due_at not in (None, homework.due_at):
        check_due(due_at)
    homework.title = homework.title if title is None else title
    homework.body = homework.body if body is None else body
    homework.due_at = homework.due_at if due_at is None else due_at
    homework.save(update_fields=["title", "body", "due_at"])
    publish(HomeworkEdited(centre_id=by.centre_id, homework_id=homework.pk))
    return homework


@transaction.atomic
def publish_homework(*, homework_id: int, by: Actor) -> Homework:
    """Make a draft visible and have its class told. Publishing again changes nothing."""
    homework = _lock(homework_id, by)
    if homework.state == HomeworkState.PUBLISHED:
        return homework
    if homework.state == HomeworkState.WITHDRAWN:
        raise ConflictError("A withdrawn homework cannot be published again.")
    homework.state = HomeworkState.PUBLISHED
    homework.published_at = clock.now()
    homework.save(update_fields=["state", "published_at"])
    publish(HomeworkPublished(centre_id=by.centre_id, homework_id=homework.pk))
    return homework


@transaction.atomic
def withdraw_homework(*, homework_id: int, by: Actor) -> Homework:
    """Take a published homework back. What has not left yet will not. Twice is once."""
    homework = _lock(homework_id, by)
    if homework.state == HomeworkState.WITHDRAWN:
        return homework
    if homework.state == HomeworkState.DRAFT:
        raise ConflictError("Only a published homework can be withdrawn.")
    homework.state = HomeworkState.WITHDRAWN
    homework.save(update_fields=["state"])
    publish(HomeworkWithdrawn(centre_id=by.centre_id, homework_id=homework.pk))
    return homework


def check_due(due_at: datetime) -> None:
    """Refuse a due date that has passed or is years away, which is a slip of the finger."""
    now = clock.now()
    if due_at <= now:
        raise InvalidError("due_at", "must be in the future")
    if due_at > now + LONGEST_AHEAD:
        raise InvalidError("due_at", f"must be within {LONGEST_AHEAD.days} days")


def _lock(homework_id: int, by: Actor) -> Homework:
    """The homework, locked for this transaction, of a class that the actor may teach."""
    homework = queries.get_homework(homework_id, by=by)
    if not may_teach(homework.school_class, by):
        raise NotAllowedError("Only a teacher of the class can do this.")
    check_not_archived(homework.school_class)
    locked = Homework.objects.select_for_update(of=("self",)).select_related("school_class")
    return locked.get(pk=homework.pk)
