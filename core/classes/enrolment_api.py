"""Enrolment over HTTP: who comes into a class, moves and leaves, and who did."""

from typing import Final

from django.http import HttpRequest
from ninja import Query, Router, Status

from core.classes import enrolment_actions, queries
from core.classes.bodies import EnrolmentTold, MoveOrder, StudentChoice
from core.classes.models import Enrolment
from core.http.lists import Order, Page, Wanted, read_page
from core.people.acting import acting

router = Router(tags=["classes"])

LATEST_FIRST: Final = Order(Enrolment, "-since", "-id")


class EnrolmentsWanted(Wanted):
    """Which enrolments are asked for."""

    past: bool = False


@router.get(
    "classes/{int:class_id}/enrolments",
    response=Page[EnrolmentTold],
    operation_id="list_enrolments",
    summary="Enrolments of a class",
)
def list_enrolments(
    request: HttpRequest, class_id: int, wanted: Query[EnrolmentsWanted]
) -> Page[EnrolmentTold]:
    """Who attends a class, or with `past=true` who did; the latest first."""
    school_class = queries.get_class(class_id, by=acting(request))
    rows = queries.enrolments_of(school_class).filter(until__isnull=not wanted.past)
    return read_page(rows, LATEST_FIRST, wanted, EnrolmentTold.of)


@router.post(
    "classes/{int:class_id}/enrolments",
    response={201: EnrolmentTold},
    operation_id="enrol_student",
    summary="Enrol a student",
)
def enrol_student(
    request: HttpRequest, class_id: int, given: StudentChoice
) -> Status[EnrolmentTold]:
    """Has a student of the centre attend a class from today. Its teachers are told."""
    by = acting(request)
    enrolled = enrolment_actions.enrol_student(
        class_id=class_id, student_id=given.student_id, by=by
    )
    return Status(201, EnrolmentTold.of(enrolled))


@router.post(
    "enrolments/{int:enrolment_id}/move",
    response=EnrolmentTold,
    operation_id="move_student",
    summary="Move a student",
)
def move_student(request: HttpRequest, enrolment_id: int, given: MoveOrder) -> EnrolmentTold:
    """Ends an enrolment and begins one in another class, both or neither; answers with the new.

    What the student could read in the old class, they cannot any more. Both classes' teachers
    are told.
    """
    by = acting(request)
    return EnrolmentTold.of(
        enrolment_actions.move_student(enrolment_id=enrolment_id, class_id=given.class_id, by=by)
    )


@router.post(
    "enrolments/{int:enrolment_id}/end",
    response=EnrolmentTold,
    operation_id="end_enrolment",
    summary="End an enrolment",
)
def end_enrolment(request: HttpRequest, enrolment_id: int) -> EnrolmentTold:
    """Has a student leave a class today. The enrolment stays in the history."""
    return EnrolmentTold.of(
        enrolment_actions.end_enrolment(enrolment_id=enrolment_id, by=acting(request))
    )


@router.get(
    "students/{int:student_id}/enrolments",
    response=Page[EnrolmentTold],
    operation_id="list_student_enrolments",
    summary="A student's enrolments",
)
def list_student_enrolments(
    request: HttpRequest, student_id: int, wanted: Query[Wanted]
) -> Page[EnrolmentTold]:
    """Every class of the own centre that a student attends or attended, the latest first.

    For staff, the student and their guardians; teachers see the classes of their own.
    """
    history = queries.history_of(student_id, by=acting(request))
    return read_page(history, LATEST_FIRST, wanted, EnrolmentTold.of)
