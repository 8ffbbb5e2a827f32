"""What waits for newer code: no worker of today would claim it, and nothing drops it."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.db import connection

from core.events.registry import handler_names, subscriptions

# The names alone are read from the index, one step per name, whatever the backlog.
UNKNOWN_HANDLERS: Final = """
WITH RECURSIVE name AS (
    SELECT min(handler) AS handler FROM delivery WHERE state IN ('pending', 'running')
    UNION ALL
    SELECT (
        SELECT min(handler) FROM delivery
        WHERE state IN ('pending', 'running') AND handler > name.handler
    ) FROM name WHERE name.handler IS NOT NULL
)
SELECT handler, event.kind, event.version, count(*), min(event.occurred_at)
FROM delivery JOIN event ON event.id = delivery.event_id
WHERE state IN ('pending', 'running')
    AND handler IN (SELECT handler FROM name WHERE handler <> ALL(%(known)s))
    AND event.occurred_at < now() - interval '1 minute'
GROUP BY 1, 2, 3 ORDER BY 1, 2, 3
"""

# Of a handler's open deliveries only so many are looked at, so that a backlog does not cost more.
NEWER_VERSIONS: Final = """
SELECT looked_at.handler, kind, version, count(*), min(occurred_at)
FROM unnest(%(handlers)s::text[], %(versions)s::int[]) AS known(handler, of)
CROSS JOIN LATERAL (
    SELECT delivery.handler, event.kind, event.version, event.occurred_at
    FROM delivery JOIN event ON event.id = delivery.event_id
    WHERE delivery.handler = known.handler AND state IN ('pending', 'running')
    LIMIT %(most)s
) looked_at
WHERE version > known.of AND occurred_at < now() - interval '1 minute'
GROUP BY 1, 2, 3 ORDER BY 1, 2, 3
"""
MOST: Final = 1000


@dataclass(frozen=True, slots=True)
class Unclaimed:
    """Deliveries that have waited for over a minute for a worker that knows them."""

    handler: str
    kind: str
    version: int
    count: int
    since: datetime


def unclaimed_kinds() -> list[Unclaimed]:
    """What the present code cannot handle, by handler and by kind and version of the event."""
    versions = {
        handler.name: event.version for event, line in subscriptions().items() for handler in line
    }
    handlers, newest = list(versions), list(versions.values())
    with connection.cursor() as cursor:
        cursor.execute(UNKNOWN_HANDLERS, {"known": list(handler_names())})
        rows = cursor.fetchall()
        cursor.execute(NEWER_VERSIONS, {"handlers": handlers, "versions": newest, "most": MOST})
        rows += cursor.fetchall()
    return [Unclaimed(*row) for row in rows]
