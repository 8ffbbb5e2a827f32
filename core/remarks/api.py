"""Remarks over HTTP."""

from typing import Final

from django.http import HttpRequest
from ninja import Query, Router

from core.classes.queries import get_class
from core.http.bodies import id_from
from core.http.lists import Order, Page, read_page
from core.people.acting import acting
from core.people.models import User
from core.refusals import NotFoundError
from core.remarks import actions, queries
from core.remarks.bodies import RemarkGiven, RemarksWanted, RemarkTold

router = Router(tags=["remarks"])

BY_NAME: Final = Order(User, "name", "id")


@router.get(
    "classes/{int:class_id}/remarks",
    response=Page[RemarkTold],
    operation_id="list_remarks",
    summary="Remarks on a class",
)
def list_remarks(
    request: HttpRequest, class_id: int, wanted: Query[RemarksWanted]
) -> Page[RemarkTold]:
    """Those who attended a class in a term, by name, and what their teachers say of each.

    For its teachers and the centre's staff; families read it in their report cards.
    """
    by = acting(request)
    school_class = queries.class_with_remarks(class_id, by=by)
    asked = None if wanted.term is None else id_from(wanted.term) or 0
    term = queries.term_asked_for(asked, of=school_class, by=by)
    if term is None:
        raise NotFoundError("There is no such term.")
    page = read_page(queries.students_in(school_class, term), BY_NAME, wanted, lambda row: row)
    said = queries.remarks_on(page.items, school_class=school_class, term=term)
    told = [RemarkTold.of(each, term, said.get(each.pk)) for each in page.items]
    return Page(items=told, next=page.next)


@router.put(
    "classes/{int:class_id}/students/{int:student_id}/remark",
    response=RemarkTold,
    operation_id="write_remark",
    summary="Write a remark",
)
def write_remark(
    request: HttpRequest, class_id: int, student_id: int, given: RemarkGiven
) -> RemarkTold:
    """Says something of a student about a term, in place of what was said before.

    Empty text takes it back. For the teachers of the class; one that is archived stays as it is
    (409).
    """
    by = acting(request)
    remark = actions.write_remark(class_id=class_id, student_id=student_id, **dict(given), by=by)
    student = queries.get_student(student_id, of=get_class(class_id, by=by))
    return RemarkTold.of(student, given.term_id, remark)
