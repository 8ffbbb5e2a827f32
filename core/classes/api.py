"""Classes over HTTP."""

from typing import Final

from django.http import HttpRequest
from ninja import Query, Router

from core.classes import queries
from core.classes.bodies import ClassTold, StudentTold
from core.classes.models import SchoolClass
from core.http.lists import Order, Page, Wanted, read_page
from core.people.acting import acting
from core.people.models import User

router = Router(tags=["classes"])

CLASSES_BY_NAME: Final = Order(SchoolClass, "name", "id")
PEOPLE_BY_NAME: Final = Order(User, "name", "id")


@router.get("classes", response=Page[ClassTold], operation_id="list_classes", summary="Classes")
def list_classes(request: HttpRequest, wanted: Query[Wanted]) -> Page[ClassTold]:
    """The classes that one teaches, attends, has a child in, or oversees; by name."""
    return read_page(queries.classes_for(acting(request)), CLASSES_BY_NAME, wanted, ClassTold.of)


@router.get(
    "classes/{int:class_id}", response=ClassTold, operation_id="get_class", summary="A class"
)
def get_class(request: HttpRequest, class_id: int) -> ClassTold:
    """One of one's classes."""
    return ClassTold.of(queries.get_class(class_id, by=acting(request)))


@router.get(
    "classes/{int:class_id}/students",
    response=Page[StudentTold],
    operation_id="list_students",
    summary="Students of a class",
)
def list_students(request: HttpRequest, class_id: int, wanted: Query[Wanted]) -> Page[StudentTold]:
    """Who attends a class; by name."""
    school_class = queries.get_class(class_id, by=acting(request))
    return read_page(queries.students_of(school_class), PEOPLE_BY_NAME, wanted, StudentTold.of)
