"""What can happen to somebody's way in."""

from core.events.event import Event


class PasswordResetRequested(Event):
    """Somebody said that they forgot their password; `user_id` is 0 where nobody has the email."""

    about = "user_id"
    user_id: int


class PasswordChanged(Event):
    """A person has a new password; `by_reset` says that a mail proved who they are."""

    about = "user_id"
    user_id: int
    by_reset: bool
