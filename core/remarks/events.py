"""What can happen to remarks."""

from core.events.event import Event


class RemarkWritten(Event):
    """A teacher said something of a student about a term, or took back what had been said."""

    about = "student_id"
    student_id: int
    class_id: int
    term_id: int
