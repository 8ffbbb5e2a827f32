"""What can happen to submissions."""

from datetime import date, datetime

from core.events.event import Event


class SubmissionHandedIn(Event):
    """A student handed in work, for the first time or anew."""

    about = "submission_id"
    submission_id: int
    number: int  # of the version


class SubmissionGraded(Event):
    """A teacher graded a submission, or what nobody handed in, for the first time or anew."""

    about = "submission_id"
    submission_id: int
    review_id: int


class SubmissionReturned(Event):
    """A teacher gave a submission back for another try."""

    about = "submission_id"
    submission_id: int
    review_id: int


class RemindersDue(Event):
    """It may be time to remind the students of some centres of what is due."""


class HomeworkRemindersDue(Event):
    """It is time to remind a centre's students of what is due within a day."""

    day: date  # there
    at: datetime  # from when that day is counted
