"""What is sent and told of classes and homework."""

from datetime import datetime
from typing import Annotated, Self

from pydantic import AfterValidator, Field, StringConstraints

from core import clock
from core.classes.models import Homework, HomeworkState, SchoolClass
from core.http.bodies import STORABLE, Given, Id, Moment, Told
from core.people.models import User


def one_line(text: str) -> str:
    """Refuse what would break a heading or a mail's subject."""
    if not text.isprintable():
        raise ValueError("must not contain control characters or line breaks")
    return text


Title = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=1, max_length=200),
    STORABLE,
    AfterValidator(one_line),
]
BodyText = Annotated[str, StringConstraints(max_length=20_000), STORABLE]


class HomeworkDraft(Given):
    """A homework as its teacher writes it."""

    title: Title
    body: BodyText = ""
    due_at: Moment


class HomeworkChange(Given):
    """What is to change of a homework; what is left out stays."""

    # Never read: what is not given is not set. A default of None would let null through.
    title: Title = Field(default_factory=str)
    body: BodyText = Field(default_factory=str)
    due_at: Moment = Field(default_factory=clock.now)


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


class HomeworkTold(Told):
    """A homework."""

    id: Id
    class_id: Id
    class_name: str
    author_id: Id
    title: str
    body: str
    due_at: datetime
    state: HomeworkState
    created_at: datetime
    published_at: datetime | None

    @classmethod
    def of(cls, homework: Homework) -> Self:
        """The homework in words; its class should be selected."""
        return cls(
            id=str(homework.pk),
            class_id=str(homework.school_class_id),
            class_name=homework.school_class.name,
            author_id=str(homework.author_id),
            title=homework.title,
            body=homework.body,
            due_at=homework.due_at,
            state=HomeworkState(homework.state),
            created_at=homework.created_at,
            published_at=homework.published_at,
        )
