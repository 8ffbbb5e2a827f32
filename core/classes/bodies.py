"""What is told of classes."""

from typing import Self

from core.classes.models import SchoolClass
from core.http.bodies import Id, Told
from core.people.models import User


class ClassTold(Told):
    """A class."""

    id: Id
    name: str

    @classmethod
    def of(cls, school_class: SchoolClass) -> Self:
        """The class in words."""
        return cls(id=str(school_class.pk), name=school_class.name)


class StudentTold(Told):
    """A student, as those who teach them see them."""

    id: Id
    name: str

    @classmethod
    def of(cls, student: User) -> Self:
        """The student in words."""
        return cls(id=str(student.pk), name=student.name)
