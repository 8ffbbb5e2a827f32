"""All that changes homework. Each action is one transaction that also publishes its event."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Final, TypedDict, Unpack

from django.db import transaction

from core import clock
from core.classes.queries import check_not_archived, get_class, may_teach
from core.events.publish import publish
from core.files.attachments import attach_files, set_files
from core.homework import queries
from core.homework.events import (
    HomeworkChanged,
    HomeworkChangesNoted,
    HomeworkDrafted,
    HomeworkEdited,
    HomeworkPublished,
    HomeworkRecalled,
    HomeworkScheduled,
    HomeworkUnscheduled,
    HomeworkWithdrawn,
)
from core.homework.models import BEST_SCORE, Homework, HomeworkState
from core.people.actor import Actor
from core.refusals import ConflictError, InvalidError, NotAllowedError

LONGEST_AHEAD: Final = timedelta(days=730)
SETTLES: Final = timedelta(minutes=1)  # within which several changes are told as one
TOLD: Final = ("title", "body", "due_at")  # whose change the class hears of
PUBLICATION: Final = ("state", "publish_at", "published_at", "publication_id", "told_as")


class Changes(TypedDict, total=False):
    """What can be changed of a homework; what is left out stays."""

    title: str
    body: str
    due_at: datetime
    max_score: int


NO_FILES: Final[tuple[int, ...]] = ()


@transaction.atomic
def draft_homework(  # noqa: PLR0913 - a homework has that many parts
    *,
    class_id: int,
    title: str,
    body: str,
    due_at: datetime,
    max_score: int = BEST_SCORE,
    files: Iterable[int] = NO_FILES,
    by: Actor,
) -> Homework:
    """Write a homework that only the class's teachers see; InvalidError for a wrong due date.

    `files` are ids of the actor's own.
    """
    check_moment("due_at", due_at)
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
        max_score=max_score,
        created_at=clock.now(),
    )
    attach_files(files, subject=homework.subject, by=by)
    publish(HomeworkDrafted(centre_id=by.centre_id, homework_id=homework.pk))
    return homework


@transaction.atomic
def edit_homework(
    *,
    homework_id: int,
    by: Actor,
    files: Iterable[int] | None = None,
    **changes: Unpack[Changes],
) -> Homework:
    """Change what is given of a homework; ConflictError when it was withdrawn.

    `files` are all that it is to have from now on.

    The due date may stay one that has passed, but may not become one (InvalidError). Those who were
    told of the homework hear of the change within a minute or so.
    """
    homework = _lock(homework_id, by)
    if homework.state == HomeworkState.WITHDRAWN:
        raise ConflictError("A withdrawn homework cannot be changed.")
    before = queries.told_of(homework)
    if "due_at" in changes and changes["due_at"] != homework.due_at:
        check_moment("due_at", changes["due_at"], after=homework.publish_at)
    for name, value in changes.items():
        setattr(homework, name, value)
    if homework.state == HomeworkState.PUBLISHED and before != queries.told_of(homework):
        _note_changes(homework, before)
    homework.save(update_fields=[*Changes.__annotations__, "told_as"])
    if files is not None:
        set_files(files, subject=homework.subject, by=by)
    publish(HomeworkEdited(centre_id=by.centre_id, homework_id=homework.pk))
    return homework


def _note_changes(homework: Homework, before: dict[str, str]) -> None:
    """Have the change told later, and keep what the class knows until then."""
    if homework.told_as is None:
        homework.told_as = before
        noted = HomeworkChangesNoted(centre_id=homework.centre_id, homework_id=homework.pk)
        publish(noted, due_at=clock.now() + SETTLES)


@transaction.atomic
def settle_changes(*, homework_id: int) -> bool:
    """Have those told who know the homework otherwise; False when there is nothing to tell."""
    homework = Homework.objects.select_for_update().get(pk=homework_id)
    known, now = homework.told_as, queries.told_of(homework)
    if known is None or homework.state != HomeworkState.PUBLISHED:
        return False
    homework.told_as = None
    homework.save(update_fields=["told_as"])
    changed = tuple(name for name in TOLD if known[name] != now[name])
    if changed:
        publish(
            HomeworkChanged(centre_id=homework.centre_id, homework_id=homework.pk, changed=changed)
        )
    return bool(changed)


@transaction.atomic
def publish_homework(*, homework_id: int, by: Actor) -> Homework:
    """Make a draft visible and have its class told. Publishing again changes nothing."""
    homework = _lock(homework_id, by)
    if homework.state == HomeworkState.WITHDRAWN:
        raise ConflictError("A withdrawn homework cannot be published again.")
    if homework.state != HomeworkState.PUBLISHED:
        _publish(homework)
    return homework


@transaction.atomic
def schedule_homework(*, homework_id: int, at: datetime, by: Actor) -> Homework:
    """Have a draft publish itself at a time, or at another time than before."""
    homework = _lock(homework_id, by)
    if homework.state not in {HomeworkState.DRAFT, HomeworkState.SCHEDULED}:
        raise ConflictError("Only a draft can be scheduled.")
    if homework.publish_at == at:
        return homework
    check_moment("at", at)
    if at >= homework.due_at:
        raise InvalidError("at", "must be before the homework is due")
    homework.state, homework.publish_at = HomeworkState.SCHEDULED, at
    homework.save(update_fields=["state", "publish_at"])
    publish(
        HomeworkScheduled(centre_id=by.centre_id, homework_id=homework.pk, publish_at=at),
        due_at=at,
    )
    return homework


@transaction.atomic
def unschedule_homework(*, homework_id: int, by: Actor) -> Homework:
    """Make a scheduled homework a draft again. Twice is once."""
    homework = _lock(homework_id, by)
    if homework.state == HomeworkState.DRAFT:
        return homework
    if homework.state != HomeworkState.SCHEDULED:
        raise ConflictError("It is not scheduled any more.")
    homework.state, homework.publish_at = HomeworkState.DRAFT, None
    homework.save(update_fields=["state", "publish_at"])
    publish(HomeworkUnscheduled(centre_id=by.centre_id, homework_id=homework.pk))
    return homework


@transaction.atomic
def publish_scheduled(*, homework_id: int, publish_at: datetime) -> bool:
    """Publish what is scheduled for this very time; False when that does not stand any more."""
    rows = Homework.objects.select_for_update(of=("self",)).select_related("school_class")
    homework = rows.get(pk=homework_id)
    if (homework.state, homework.publish_at) != (HomeworkState.SCHEDULED, publish_at):
        return False
    if homework.school_class.archived_at:
        return False
    _publish(homework)
    return True


@transaction.atomic
def unschedule_missed(*, class_id: int) -> int:
    """Make drafts of a class's homework whose time came while nothing could be published for it.

    It would be late, and only its author knows whether it is still wanted. Returns how many.
    """
    rows = Homework.objects.select_for_update(of=("self",)).order_by("pk")
    missed = rows.filter(
        school_class_id=class_id, state=HomeworkState.SCHEDULED, publish_at__lte=clock.now()
    )
    for homework in (found := list(missed)):
        homework.state, homework.publish_at = HomeworkState.DRAFT, None
        homework.save(update_fields=["state", "publish_at"])
        publish(HomeworkUnscheduled(centre_id=homework.centre_id, homework_id=homework.pk))
    return len(found)


@transaction.atomic
def recall_homework(*, homework_id: int, by: Actor) -> Homework:
    """Make what was published moments ago a draft again. What has not left yet will not.

    ConflictError when it is too late for that. Twice is once.
    """
    homework = _lock(homework_id, by)
    if homework.state == HomeworkState.DRAFT and homework.publication_id:
        return homework
    if homework.recall_until is None:
        raise ConflictError("It can be recalled within two minutes of publishing; withdraw it.")
    if homework.publication_id:
        publish(
            HomeworkRecalled(
                centre_id=by.centre_id,
                homework_id=homework.pk,
                publication_id=homework.publication_id,
            )
        )
    homework.state, homework.published_at = HomeworkState.DRAFT, None
    homework.told_as = None
    homework.save(update_fields=PUBLICATION)
    return homework


@transaction.atomic
def withdraw_homework(*, homework_id: int, by: Actor) -> Homework:
    """Take a published homework back. What has not left yet will not. Twice is once."""
    homework = _lock(homework_id, by)
    if homework.state == HomeworkState.WITHDRAWN:
        return homework
    if homework.state != HomeworkState.PUBLISHED:
        raise ConflictError("Only a published homework can be withdrawn.")
    homework.state = HomeworkState.WITHDRAWN
    homework.save(update_fields=["state"])
    publish(HomeworkWithdrawn(centre_id=by.centre_id, homework_id=homework.pk))
    return homework


def check_moment(loc: str, moment: datetime, *, after: datetime | None = None) -> None:
    """Refuse a time that has passed or is years away, which is a slip of the finger."""
    now = clock.now()
    if moment <= now:
        raise InvalidError(loc, "must be in the future")
    if moment > now + LONGEST_AHEAD:
        raise InvalidError(loc, f"must be within {LONGEST_AHEAD.days} days")
    if after and moment <= after:
        raise InvalidError(loc, "must be after the time at which it is published")


def _publish(homework: Homework) -> None:
    published = HomeworkPublished(centre_id=homework.centre_id, homework_id=homework.pk)
    homework.state, homework.publish_at = HomeworkState.PUBLISHED, None
    homework.published_at = clock.now()
    homework.publication_id = publish(published)
    homework.save(update_fields=PUBLICATION)


def _lock(homework_id: int, by: Actor) -> Homework:
    """The homework, locked for this transaction, of a class that the actor may teach."""
    homework = queries.get_homework(homework_id, by=by)
    if not may_teach(homework.school_class, by):
        raise NotAllowedError("Only a teacher of the class can do this.")
    check_not_archived(homework.school_class)
    locked = Homework.objects.select_for_update(of=("self",)).select_related("school_class")
    return locked.get(pk=homework.pk)
