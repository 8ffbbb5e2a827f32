"""What can happen to classes and homework."""

from core.events.event import Event


class HomeworkDrafted(Event):
    """A teacher wrote a homework that nobody else sees yet."""

    about = "homework_id"
    homework_id: int


class HomeworkEdited(Event):
    """A draft or published homework was changed."""

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
