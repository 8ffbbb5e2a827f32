"""The send ledger's SQL: what becomes of each mail."""

from typing import Any, Final, TypeVar

from django.db import connection

from core import clock
from core.events.claims import Claimed
from core.events.database.base import carry
from core.events.event import Event
from core.mail.models import MailState
from tasks.email.letter import Letter
from tasks.email.message import message_id

E = TypeVar("E", bound=Event)

RESENDS: Final = 1  # how often a mail whose answer was lost is handed over again

# Who finds a mail `sending` knows that its worker died while the server had it.
BEGIN: Final = """
INSERT INTO mail (
    delivery_id, centre_id, message_id, recipient, subject, sensitive, state, unknowns, reply
) VALUES (
    %(delivery)s, %(centre)s, %(message_id)s, %(recipient)s, %(subject)s, %(sensitive)s,
    'sending', 0, ''
)
ON CONFLICT (delivery_id) DO UPDATE SET
    recipient = excluded.recipient,
    subject = excluded.subject,
    unknowns = mail.unknowns + (mail.state = 'sending')::int,
    state = CASE
        WHEN mail.unknowns + (mail.state = 'sending')::int
            <= CASE WHEN mail.sensitive THEN 0 ELSE %(resends)s END
        THEN 'sending' ELSE 'unknown'
    END
RETURNING state
"""

END: Final = "UPDATE mail SET state = 'sent', reply = %s, sent_at = %s WHERE delivery_id = %s"

REFUSE: Final = "UPDATE mail SET state = %s, reply = %s WHERE delivery_id = %s"

LOSE: Final = """
UPDATE mail SET state = 'unknown', reply = %s, unknowns = unknowns + 1 WHERE delivery_id = %s
"""


def begin(delivery: Claimed[E], letter: Letter) -> bool:
    """Mark the mail as `sending`; False, and `unknown`, when only a person may send it again."""
    values: dict[str, Any] = {
        "delivery": delivery.id,
        "centre": delivery.centre_id,
        "message_id": message_id(delivery),
        "recipient": letter.address,
        "subject": letter.subject,
        "sensitive": letter.sensitive,
        "resends": RESENDS,
    }
    with connection.cursor() as cursor:
        cursor.execute(BEGIN, values)
        return bool(cursor.fetchall() == [(MailState.SENDING,)])


def end(delivery: Claimed[E], reply: str) -> None:
    """As the present transaction commits: the server took it."""
    carry(END, [reply, clock.now(), delivery.id])


def refuse(delivery: Claimed[E], reply: str, *, for_good: bool) -> None:
    """As the present transaction commits: the server did not take it."""
    state = MailState.BOUNCED if for_good else MailState.QUEUED
    carry(REFUSE, [state.value, reply, delivery.id])


def lose(delivery: Claimed[E], reply: str) -> None:
    """As the present transaction commits: the server's answer was lost."""
    carry(LOSE, [reply, delivery.id])
