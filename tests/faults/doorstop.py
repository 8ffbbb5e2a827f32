"""Holding workers between the mail server's yes and their own commit, by a trigger."""

from collections.abc import Iterator
from contextlib import closing, contextmanager
from typing import Final

import psycopg2

# A mail is recorded as sent only once the test lets go of its lock.
CLOSE: Final = """
SELECT pg_advisory_lock(42);
CREATE OR REPLACE FUNCTION wait_at_the_door() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM pg_advisory_xact_lock_shared(42);
    RETURN NEW;
END $$;
CREATE TRIGGER doorstop BEFORE UPDATE ON mail FOR EACH ROW WHEN (NEW.state = 'sent')
EXECUTE FUNCTION wait_at_the_door();
"""
OPEN: Final = "SELECT pg_advisory_unlock(42)"
REMOVE: Final = "DROP TRIGGER doorstop ON mail; DROP FUNCTION wait_at_the_door()"


@contextmanager
def records_held(owner_url: str) -> Iterator[None]:
    """Within the block no mail is recorded as sent: who has handed one over waits there."""
    with closing(psycopg2.connect(owner_url)) as connection, connection.cursor() as cursor:
        connection.autocommit = True
        cursor.execute(CLOSE)
        try:
            yield
        finally:
            cursor.execute(OPEN)
            cursor.execute(REMOVE)
