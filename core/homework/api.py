"""Homework over HTTP."""

from typing import Final

from django.http import HttpRequest
from ninja import Body, Query, Router, Status

from core.files.attachments import files_of_many
from core.homework import actions, queries
from core.homework.bodies import HomeworkChange, HomeworkDraft, HomeworkTold, PublicationWanted
from core.homework.models import Homework, HomeworkState
from core.http.bodies import id_from
from core.http.lists import Order, Page, Wanted, read_page
from core.people.acting import acting

router = Router(tags=["homework"])

LATEST_FIRST: Final = Order(Homework, "-due_at", "-id")


class HomeworkWanted(Wanted):
    """Which homework is asked for."""

    state: HomeworkState | None = None
    class_id: str | None = None


@router.post(
    "classes/{int:class_id}/homework",
    response={201: HomeworkTold},
    operation_id="draft_homework",
    summary="Write a homework",
)
def draft_homework(
    request: HttpRequest, class_id: int, given: HomeworkDraft
) -> Status[HomeworkTold]:
    """Writes a draft, which only those who teach or oversee the class see. Nobody is told."""
    by = acting(request)
    homework = actions.draft_homework(
        class_id=class_id,
        title=given.title,
        body=given.body,
        due_at=given.due_at,
        max_score=given.max_score,
        files=map(int, given.files),
        by=by,
    )
    return Status(201, HomeworkTold.of(homework))


@router.get(
    "homework", response=Page[HomeworkTold], operation_id="list_homework", summary="Homework"
)
def list_homework(request: HttpRequest, wanted: Query[HomeworkWanted]) -> Page[HomeworkTold]:
    """The homework one may see, what is due last first."""
    rows = queries.homework_for(acting(request))
    if wanted.state is not None:
        rows = rows.filter(state=wanted.state)
    if wanted.class_id is not None:
        rows = rows.filter(school_class=id_from(wanted.class_id))
    page = read_page(rows, LATEST_FIRST, wanted, lambda row: row)
    files = files_of_many([each.subject for each in page.items])
    told = [HomeworkTold.of(each, files[each.subject]) for each in page.items]
    return Page(items=told, next=page.next)


@router.get(
    "homework/{int:homework_id}",
    response=HomeworkTold,
    operation_id="get_homework",
    summary="A homework",
)
def get_homework(request: HttpRequest, homework_id: int) -> HomeworkTold:
    """One of the homework that one may see."""
    return HomeworkTold.of(queries.get_homework(homework_id, by=acting(request)))


@router.patch(
    "homework/{int:homework_id}",
    response=HomeworkTold,
    operation_id="edit_homework",
    summary="Change a homework",
)
def edit_homework(request: HttpRequest, homework_id: int, given: HomeworkChange) -> HomeworkTold:
    """Changes what is given. A withdrawn homework stays as it is (409)."""
    changes = given.model_dump(exclude_unset=True)
    if "files" in changes:
        changes["files"] = [int(each) for each in given.files]
    return HomeworkTold.of(
        actions.edit_homework(homework_id=homework_id, by=acting(request), **changes)
    )


@router.post(
    "homework/{int:homework_id}/publish",
    response=HomeworkTold,
    operation_id="publish_homework",
    summary="Publish a homework",
)
def publish_homework(
    request: HttpRequest, homework_id: int, given: Body[PublicationWanted | None] = None
) -> HomeworkTold:
    """Shows it to its class and has each student and guardian told, once; now or at a time.

    With `at` it is scheduled, or scheduled anew, and publishes itself then.
    """
    by = acting(request)
    if given and given.at:
        return HomeworkTold.of(
            actions.schedule_homework(homework_id=homework_id, at=given.at, by=by)
        )
    return HomeworkTold.of(actions.publish_homework(homework_id=homework_id, by=by))


@router.post(
    "homework/{int:homework_id}/unschedule",
    response=HomeworkTold,
    operation_id="unschedule_homework",
    summary="Do not publish a homework by itself",
)
def unschedule_homework(request: HttpRequest, homework_id: int) -> HomeworkTold:
    """Makes a scheduled homework a draft again. One that is published already stays so (409)."""
    by = acting(request)
    return HomeworkTold.of(actions.unschedule_homework(homework_id=homework_id, by=by))


@router.post(
    "homework/{int:homework_id}/recall",
    response=HomeworkTold,
    operation_id="recall_homework",
    summary="Recall a homework",
)
def recall_homework(request: HttpRequest, homework_id: int) -> HomeworkTold:
    """Makes it a draft again, within two minutes of publishing; later only withdrawing is left.

    What has not been sent yet will not be, and notices of it are taken back.
    """
    by = acting(request)
    return HomeworkTold.of(actions.recall_homework(homework_id=homework_id, by=by))


@router.post(
    "homework/{int:homework_id}/withdraw",
    response=HomeworkTold,
    operation_id="withdraw_homework",
    summary="Withdraw a homework",
)
def withdraw_homework(request: HttpRequest, homework_id: int) -> HomeworkTold:
    """Takes a published homework back; who was not told yet will not be."""
    by = acting(request)
    return HomeworkTold.of(actions.withdraw_homework(homework_id=homework_id, by=by))
