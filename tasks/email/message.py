"""A letter as a MIME message, with the names that lead back to its delivery."""

import hashlib
from email.headerregistry import Address, HeaderRegistry
from email.message import EmailMessage
from email.policy import EmailPolicy
from email.utils import format_datetime, parseaddr
from functools import cache, lru_cache
from typing import Any, Final, TypeVar

from core import clock
from core.env import env
from core.events.claims import Claimed
from core.events.event import Event
from tasks.email.letter import Letter

E = TypeVar("E", bound=Event)

UNSUBSCRIBE: Final = "List-Unsubscribe"


# TABLE: headers that are made here alone. Where they are what they are meant to be, one line of
# ASCII, they are written down as they are; what people have chosen goes through Python's parser.
OURS: Final = frozenset(
    {
        *("Date", "Message-ID", "References", "In-Reply-To", "Auto-Submitted"),
        *(UNSUBSCRIBE, f"{UNSUBSCRIBE}-Post", "X-Schoolbell-Event", "X-Schoolbell-Delivery"),
    }
)
# TABLE: headers of which there are few different ones, so that each is parsed once.
ALIKE: Final = frozenset({"From", "MIME-Version", "Content-Type", "Content-Transfer-Encoding"})


class Registry(HeaderRegistry):
    """Makes the class for a header's name once; Python would make one for each header."""

    __getitem__ = cache(HeaderRegistry.__getitem__)


class Unfolded(EmailPolicy):
    """Leaves an address whole: Python would encode one that is longer than a line, and spoil it."""

    def header_store_parse(self, name: str, value: Any) -> tuple[str, Any]:
        if name in OURS and value.isascii() and value.splitlines() == [value]:
            return name, value
        if name in ALIKE:
            return name, _parsed(name, value)
        return super().header_store_parse(name, value)

    def fold_binary(self, name: str, value: Any) -> bytes:
        if name == UNSUBSCRIBE:
            return f"{name}: {value}{self.linesep}".encode("ascii")
        return super().fold_binary(name, value)


UNFOLDED: Final = Unfolded(linesep="\r\n", header_factory=Registry())  # else email.policy.SMTP


@lru_cache(maxsize=64)
def _parsed(name: str, value: str) -> Any:
    return UNFOLDED.header_factory(name, value)


def message_id(delivery: Claimed[E]) -> str:
    """The delivery's Message-ID: the same at every attempt, so that mail systems drop a twin."""
    identity = f"{delivery.event_id}/{delivery.handler}/{delivery.key}"
    return f"<{hashlib.sha256(identity.encode()).hexdigest()[:32]}@{_domain()}>"


def thread_id(thread: str) -> str:
    """The name of a thread as if it were the Message-ID of its first mail."""
    return f"<{thread}@{_domain()}>"


def _domain() -> str:
    return parseaddr(env().mail_from)[1].partition("@")[2]


def _as_it_is(words: str) -> str:
    """What people have written so that Python does not read it as encoded (CVE-2024-6923).

    Of `=?utf-8?q?...?=` it would write down the meaning, a line break and further headers too.
    """
    return words.replace("=?", "= ?")


def message_of(letter: Letter, delivery: Claimed[E]) -> bytes:
    """The message's bytes. ValueError when a header would hold a line break."""
    message = EmailMessage(policy=UNFOLDED)
    message["From"] = env().mail_from
    message["To"] = Address(display_name=_as_it_is(letter.name), addr_spec=letter.address)
    message["Subject"] = _as_it_is(letter.subject)
    message["Date"] = format_datetime(clock.now())
    message["Message-ID"] = message_id(delivery)
    if letter.thread:
        message["References"] = message["In-Reply-To"] = thread_id(letter.thread)
    message["Auto-Submitted"] = "auto-generated"
    if letter.unsubscribe:  # RFC 8058
        message[UNSUBSCRIBE] = f"<{letter.unsubscribe}>"
        message[f"{UNSUBSCRIBE}-Post"] = "List-Unsubscribe=One-Click"
    message["X-Schoolbell-Event"] = str(delivery.event_id)
    message["X-Schoolbell-Delivery"] = str(delivery.id)
    message.set_content(letter.text)
    message.add_alternative(letter.html, subtype="html")
    return message.as_bytes()
