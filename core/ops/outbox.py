"""The SQL that gives dead letters another chance, or up."""

from collections.abc import Iterable, Sequence
from functools import partial
from typing import Final

from django.db import connection, transaction

from core.events import nudge

# The attempt is the fence and never goes back: what it has reached is forgiven instead. A mail
# that bounced or whose answer was lost goes back to the beginning of its ledger.
REVIVE: Final = """
WITH revived AS (
    UPDATE delivery
    SET state = 'pending', due_at = now(), forgiven = attempt, finished_at = NULL, cause = ''
    WHERE id = ANY(%s) AND state = 'dead'
    RETURNING id, handler
), queued_again AS (
    UPDATE mail SET state = 'queued', unknowns = 0
    FROM revived WHERE delivery_id = revived.id AND mail.state <> 'sent'
)
SELECT handler FROM revived
"""

DISCARD: Final = """
UPDATE delivery SET state = 'discarded' WHERE id = ANY(%s) AND state = 'dead'
"""


def revive(letters: Sequence[int]) -> int:
    """Make dead letters due at once; returns how many of them still were dead."""
    with connection.cursor() as cursor:
        cursor.execute(REVIVE, [list(letters)])
        handlers = [row[0] for row in cursor.fetchall()]
    wake(set(handlers))
    return len(handlers)


def discard(letters: Sequence[int]) -> int:
    """Give dead letters up, keeping their last error; returns how many of them still were dead."""
    with connection.cursor() as cursor:
        cursor.execute(DISCARD, [list(letters)])
        return int(cursor.rowcount)


def wake(handlers: Iterable[str]) -> None:
    """Have workers told after the commit that there is something for these handlers."""
    told = partial(nudge.wake, list(handlers))
    transaction.on_commit(told, robust=True)  # noqa: TID251 - of work recorded by earlier events
