"""What can happen to homework."""

from datetime import datetime
from uuid import UUID

from core.events.event import Event


class HomeworkDrafted(Event):
    """A teacher wrote a homework that nobody else sees yet."""

    about = "homework_id"
    homework_id: int


class HomeworkEdited(Event):
    """A draft or published homework was changed."""

    about = "homework_id"
    homework_id: int


class HomeworkScheduled(Event):
    """A homework will publish itself at a time, unless that is changed before."""

    about = "homework_id"
    homework_id: int
    publish_at: datetime


class HomeworkUnscheduled(Event):
    """A scheduled homework is a draft again."""

    about = "homework_id"
    homework_id: int


class HomeworkPublished(Event):
    """A homework became visible to its class and their guardians."""

    about = "homework_id"
    homework_id: int


class HomeworkWithdrawn(Event):
    """A homework was taken back."""

    about = "homework_id"
    homework_id: int


class HomeworkRecalled(Event):
    """A homework was taken back to a draft, moments after it was published."""

    about = "homework_id"
    homework_id: int
    publication_id: UUID  # the event that is not to be told any more


class HomeworkChangesNoted(Event):
    """A published homework was changed. What comes of it is told when it has settled."""

    about = "homework_id"
    homework_id: int


class HomeworkChanged(Event):
    """A published homework is other than its class was told."""

    about = "homework_id"
    homework_id: int
    changed: tuple[str, ...]  # of title, body, due_at
