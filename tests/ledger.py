"""What became of a homework, as the database, the caught mails and a socket have it."""

import json
from collections import Counter
from contextlib import closing
from email import message_from_bytes
from email.policy import default
from pathlib import Path
from typing import Any

import psycopg2

from tests.servers import RunningStack, wait_for

OPEN = """
SELECT count(*) FROM delivery JOIN event ON event.id = event_id
WHERE (payload->>'homework_id')::bigint = %s AND state IN ('pending', 'running')
"""
STATES = """
SELECT delivery.handler, key = '' AS fans_out, state, count(*)
FROM delivery JOIN event ON event.id = event_id
WHERE event.kind = 'HomeworkPublished' AND (payload->>'homework_id')::bigint = %s
GROUP BY 1, 2, 3
"""
NOTICES = """
SELECT person_id, count(*) FROM notices_notice JOIN event ON event.id = event_id
WHERE event.kind = 'HomeworkPublished' AND (payload->>'homework_id')::bigint = %s GROUP BY 1
"""
EVENTS = """
SELECT id::text FROM event
WHERE event.kind = 'HomeworkPublished' AND (payload->>'homework_id')::bigint = %s
"""
LOST_ANSWERS = """
SELECT coalesce(sum(unknowns), 0) FROM mail
JOIN delivery ON delivery.id = delivery_id JOIN event ON event.id = event_id
WHERE (payload->>'homework_id')::bigint = %s
"""
GAPS = """
SELECT name FROM live_stream WHERE head <> (
    SELECT count(*) FROM live_entry WHERE stream = name AND seq BETWEEN 1 AND head
)
"""


def ask(stack: RunningStack, statement: str, *values: Any) -> list[tuple[Any, ...]]:
    """Rows of the stack's database."""
    return ask_at(stack.facts["admin_database_url"], statement, *values)


def ask_at(url: str, statement: str, *values: Any) -> list[tuple[Any, ...]]:
    """Rows of a database, as the role that the URL names."""
    with closing(psycopg2.connect(url)) as connection, connection.cursor() as cursor:
        cursor.execute(statement, values or None)
        return cursor.fetchall()


def change(stack: RunningStack, statement: str, values: Any = None) -> None:
    """Change the stack's database behind the portal's back."""
    with (
        closing(psycopg2.connect(stack.facts["admin_database_url"])) as connection,
        connection,
        connection.cursor() as cursor,
    ):
        cursor.execute(statement, values)


def recipients(stack: RunningStack, event_id: str) -> Counter[str]:
    """How many mails of an event each address has in the mailbox."""
    files = Path(stack.facts["mailbox_dir"]).glob("*.eml")
    mails = [message_from_bytes(file.read_bytes(), policy=default) for file in files]
    return Counter(
        str(mail["To"].addresses[0].addr_spec)
        for mail in mails
        if mail["X-Schoolbell-Event"] == event_id
    )


def twins(stack: RunningStack) -> int:
    """How many mails the mail server got a second time under the same Message-ID."""
    file = Path(stack.facts["mailbox_dir"]) / "twins.jsonl"
    return len([json.loads(line) for line in file.read_text().splitlines()]) if file.exists() else 0


def everyone_told_once(stack: RunningStack, homework_id: str, *, seconds: float = 30) -> None:
    """Wait until nothing is open for the homework; then everyone has one notice and one mail."""
    wait_for(
        lambda: ask(stack, OPEN, homework_id)[0][0] == 0,
        seconds=seconds,
        what=lambda: f"the deliveries: {ask(stack, STATES, homework_id)}",
    )
    assert sorted(ask(stack, STATES, homework_id)) == [
        ("email.mail_class", False, "done", 60),
        ("email.mail_class", True, "done", 1),
        ("notices.notify_class", False, "done", 60),
        ("notices.notify_class", True, "done", 1),
    ]
    notices = ask(stack, NOTICES, homework_id)
    assert len(notices) == 60
    assert {count for _, count in notices} == {1}
    ((event_id,),) = ask(stack, EVENTS, homework_id)
    mails = recipients(stack, event_id)
    assert len(mails) == 60
    assert set(mails.values()) == {1}
    assert all(address.endswith("@oakwood.example") for address in mails)
    assert ask(stack, GAPS) == []


def lost_answers(stack: RunningStack, homework_id: str) -> int:
    """How often the mail server's answer was lost for the homework's mails."""
    return int(ask(stack, LOST_ANSWERS, homework_id)[0][0])
