"""TABLE: which handlers run for which event."""

from typing import Any, Final

from core.classes.events import (
    HomeworkDrafted,
    HomeworkEdited,
    HomeworkPublished,
    HomeworkWithdrawn,
)
from core.events.event import Event
from core.notices.events import NoticePreferencesChanged, NoticesRead
from core.ops.events import CleanupDue
from tasks.cleanup.answers import forget_answers
from tasks.cleanup.sessions import clear_sessions
from tasks.email.homework import mail_class
from tasks.handler import Handler
from tasks.notices.homework import notify_class, notify_withdrawn

# Recorded, and followed by nothing: each with its reason.
SILENT: Final[dict[type[Event], str]] = {
    HomeworkDrafted: "a draft concerns only its author",
    HomeworkEdited: "the next reader sees the change; telling of it is not built yet",
    NoticesRead: "concerns only the reader, whose page shows it at once",
    NoticePreferencesChanged: "asked for when the next mail is due",
}

SUBSCRIPTIONS: Final[dict[type[Event], tuple[Handler[Any], ...]]] = {
    HomeworkPublished: (notify_class, mail_class),
    HomeworkWithdrawn: (notify_withdrawn,),
    CleanupDue: (clear_sessions, forget_answers),
    **dict.fromkeys(SILENT, ()),
}

HANDLERS: Final = tuple(handler for line in SUBSCRIPTIONS.values() for handler in line)
