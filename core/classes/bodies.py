"""What is sent and told of courses, classes and enrolments."""

from datetime import date, datetime
from typing import Annotated, Self

from pydantic import AfterValidator, BeforeValidator, Field, StringConstraints, WithJsonSchema

from core.calendar.bodies import Name
from core.classes.models import Course, Enrolment, SchoolClass
from core.http.bodies import STORABLE, Given, Id, Told, id_from, one_line
from core.people.models import User


def numbered(given: object) -> int:
    """The number of an id; 0, which nothing has, for what cannot be one of ours."""
    if not isinstance(given, str):
        raise ValueError("must be an id, which is a string")  # noqa: TRY004 - as pydantic wants it
    return id_from(given) or 0


Reference = Annotated[int, BeforeValidator(numbered), WithJsonSchema({"type": "string"})]
Code = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=1, max_length=20),
    STORABLE,
    AfterValidator(one_line),
]
Subject = Annotated[
    str,
    StringConstraints(strip_whitespace=True, max_length=100),
    STORABLE,
    AfterValidator(one_line),
]


class ClassDraft(Given):
    """A new class."""

    name: Name
    course_id: Reference | None = None
    term_id: Reference | None = None


class ClassChange(Given):
    """What is to change of a class; what is left out stays, null is no course, no term."""

    name: Name = Field(default_factory=str)
    course_id: Reference | None = None
    term_id: Reference | None = None


class ClassTold(Told):
    """A class."""

    id: Id
    name: str
    course_id: Id | None
    term_id: Id | None
    archived_at: datetime | None

    @classmethod
    def of(cls, school_class: SchoolClass) -> Self:
        """The class in words."""
        return cls(
            id=str(school_class.pk),
            name=school_class.name,
            course_id=_id(school_class.course_id),
            term_id=_id(school_class.term_id),
            archived_at=school_class.archived_at,
        )


def _id(number: int | None) -> str | None:
    return None if number is None else str(number)


class CourseDraft(Given):
    """A new course, under the code that the centre knows it by."""

    name: Name
    subject: Subject = ""
    code: Code


class CourseChange(Given):
    """What is to change of a course; what is left out stays."""

    name: Name = Field(default_factory=str)
    subject: Subject = Field(default_factory=str)
    code: Code = Field(default_factory=str)


class CourseTold(Told):
    """A course."""

    id: Id
    name: str
    subject: str
    code: str

    @classmethod
    def of(cls, course: Course) -> Self:
        """The course in words."""
        return cls(id=str(course.pk), name=course.name, subject=course.subject, code=course.code)


class StudentTold(Told):
    """A student, as those who teach them see them."""

    id: Id
    name: str

    @classmethod
    def of(cls, student: User) -> Self:
        """The student in words."""
        return cls(id=str(student.pk), name=student.name)


class TeacherTold(Told):
    """A teacher, as those in their classes see them."""

    id: Id
    name: str

    @classmethod
    def of(cls, teacher: User) -> Self:
        """The teacher in words."""
        return cls(id=str(teacher.pk), name=teacher.name)


class TeacherChoice(Given):
    """Who is to teach a class."""

    person_id: Reference


class StudentChoice(Given):
    """Who is to attend a class."""

    student_id: Reference


class MoveOrder(Given):
    """Where a student moves to."""

    class_id: Reference


class EnrolmentTold(Told):
    """A student of a class: since when, and until when, or null for now."""

    id: Id
    student_id: Id
    student_name: str
    class_id: Id
    class_name: str
    since: date
    until: date | None

    @classmethod
    def of(cls, enrolment: Enrolment) -> Self:
        """The enrolment in words; student and class should be selected."""
        return cls(
            id=str(enrolment.pk),
            student_id=str(enrolment.student_id),
            student_name=enrolment.student.name,
            class_id=str(enrolment.school_class_id),
            class_name=enrolment.school_class.name,
            since=enrolment.since,
            until=enrolment.until,
        )
