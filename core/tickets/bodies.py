"""What is sent and told of tickets."""

from collections.abc import Iterable
from datetime import datetime
from typing import Annotated, Any, Literal, Self

from pydantic import AfterValidator, ConfigDict, Field, StrictBool, StringConstraints

from core.files.attachments import files_of
from core.files.bodies import FileIds, FileTold
from core.files.models import File
from core.http.bodies import STORABLE, BodyText, Given, Id, Title, Told, one_line
from core.people.models import User
from core.tickets import subjects
from core.tickets.models import (
    Priority,
    Ticket,
    TicketCategory,
    TicketComment,
    TicketState,
    TicketStep,
    What,
)

Name = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=1, max_length=60),
    STORABLE,
    AfterValidator(one_line),
]
Said = Annotated[
    str, StringConstraints(strip_whitespace=True, min_length=1, max_length=20_000), STORABLE
]
GivenId = Annotated[str, StringConstraints(max_length=20)]


class TicketDraft(Given):
    """A ticket as its requester writes it."""

    model_config = ConfigDict(
        json_schema_extra={
            "example": {
                "category_id": "1",
                "subject": "The projector in room 12 stays dark",
                "body": "It worked on Monday.",
                "priority": "urgent",
            }
        }
    )

    category_id: GivenId
    subject: Title
    body: BodyText = ""
    priority: Priority = Priority.NORMAL
    files: FileIds = ()


class TicketChange(Given):
    """What is to change of a ticket; what is left out stays."""

    model_config = ConfigDict(
        json_schema_extra={"example": {"category_id": "2", "priority": "normal"}}
    )

    # Never read: what is not given is not set. A default of None would let null through.
    category_id: GivenId = Field(default_factory=str)
    priority: Priority = Field(default_factory=lambda: Priority.NORMAL)
    subject: Title = Field(default_factory=str)


class CommentDraft(Given):
    """Something to be said about a ticket; an internal comment is by staff and for staff."""

    model_config = ConfigDict(
        json_schema_extra={"example": {"body": "The lamp is on its way.", "internal": False}}
    )

    body: Said
    internal: StrictBool = False
    files: FileIds = ()


class LastWord(Given):
    """What may be said along with resolving or reopening a ticket."""

    model_config = ConfigDict(json_schema_extra={"example": {"comment": "A new lamp is in."}})

    comment: Said | Literal[""] = ""
    files: FileIds = ()


class Assignment(Given):
    """Who is to look after a ticket; null gives it back to the desk."""

    model_config = ConfigDict(json_schema_extra={"example": {"assignee_id": "7"}})

    assignee_id: GivenId | None


class CategoryDraft(Given):
    """A category as an admin names it."""

    model_config = ConfigDict(json_schema_extra={"example": {"name": "Library"}})

    name: Name


class CategoryChange(Given):
    """What is to change of a category; what is left out stays."""

    model_config = ConfigDict(json_schema_extra={"example": {"active": False}})

    name: Name = Field(default_factory=str)
    active: StrictBool = Field(default_factory=bool)


class CategoryTold(Told):
    """A category of tickets; one out of use takes no new ones."""

    id: Id
    name: str
    active: bool

    @classmethod
    def of(cls, category: TicketCategory) -> Self:
        """The category in words."""
        return cls(id=str(category.pk), name=category.name, active=category.active)


class TicketPersonTold(Told):
    """A person in a ticket."""

    id: Id
    name: str

    @classmethod
    def of(cls, person: User) -> Self:
        """The person in words."""
        return cls(id=str(person.pk), name=person.name)


class TicketTold(Told):
    """A ticket; `stream` is where each of its steps is told live."""

    id: Id
    number: int
    requester: TicketPersonTold
    assignee: TicketPersonTold | None
    category: CategoryTold
    subject: str
    body: str
    state: TicketState
    priority: Priority
    created_at: datetime
    updated_at: datetime
    resolved_at: datetime | None
    stream: str

    @classmethod
    def of(cls, ticket: Ticket) -> Self:
        """The ticket in words; its people and its category should be selected."""
        return cls(**_told(ticket))


class TicketMore(TicketTold):
    """A ticket with the files that came with it."""

    files: list[FileTold]

    @classmethod
    def of(cls, ticket: Ticket) -> Self:
        """The ticket in words, and one query for its files."""
        found = files_of(subjects.of_ticket(ticket.pk))
        return cls(**_told(ticket), files=[FileTold.of(each) for each in found])


class CommentTold(Told):
    """Something said about a ticket."""

    id: Id
    author: TicketPersonTold
    body: str
    internal: bool
    created_at: datetime
    files: list[FileTold]

    @classmethod
    def of(cls, comment: TicketComment, files: Iterable[File]) -> Self:
        """The comment with its files; its author should be selected."""
        return cls(
            id=str(comment.pk),
            author=TicketPersonTold.of(comment.author),
            body=comment.body,
            internal=comment.internal,
            created_at=comment.created_at,
            files=[FileTold.of(each) for each in files],
        )


class StepTold(Told):
    """A step of a ticket's history; `detail` says what changed, as `{"subject": [from, to]}`."""

    id: Id
    at: datetime
    by: TicketPersonTold
    what: What
    internal: bool
    detail: dict[str, list[str | None]]
    comment_id: Id | None

    @classmethod
    def of(cls, step: TicketStep) -> Self:
        """The step; who took it should be selected."""
        return cls(
            id=str(step.pk),
            at=step.at,
            by=TicketPersonTold.of(step.by),
            what=What(step.what),
            internal=step.internal,
            detail=step.detail,
            comment_id=str(step.comment_id) if step.comment_id else None,
        )


def _told(ticket: Ticket) -> dict[str, Any]:
    return {
        "id": str(ticket.pk),
        "number": ticket.number,
        "requester": TicketPersonTold.of(ticket.requester),
        "assignee": TicketPersonTold.of(ticket.assignee) if ticket.assignee else None,
        "category": CategoryTold.of(ticket.category),
        "subject": ticket.subject,
        "body": ticket.body,
        "state": TicketState(ticket.state),
        "priority": Priority(ticket.priority),
        "created_at": ticket.created_at,
        "updated_at": ticket.updated_at,
        "resolved_at": ticket.resolved_at,
        "stream": f"ticket:{ticket.pk}",
    }
