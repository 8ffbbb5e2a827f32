"""A school whose people write without end: words that no line holds, and homework upon homework."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from tests import ledger
from tests.flow.uploads import picture
from tests.portal import Person
from tests.servers import RunningStack

ENDLESS: Final = "Ŵ"  # as wide as letters are, and in no name of the school
# What people write: table, column, how much longer it can be.
WRITTEN: Final = (
    ("boards_board", "name", 80),
    ("calendar_closedday", "name", 60),
    ("calendar_term", "name", 80),
    ("classes_course", "code", 8),
    ("classes_course", "name", 80),
    ("classes_course", "subject", 80),
    ("classes_schoolclass", "name", 80),
    ("files_file", "name", 150),
    ("homework_homework", "title", 150),
    ("imports_peopleimport", "file_name", 150),
    ("notices_notice", "title", 150),
    ("people_centre", "name", 150),
    ("people_guardianship", "relationship", 30),
    ("people_invitation", "name", 100),
    ("people_user", "name", 150),
    ("reports_report", "about", 100),
    ("reports_reportcard", "name", 100),
    ("rooms_message", "body", 200),
    ("rooms_room", "name", 40),
    ("rooms_topic", "name", 40),
    ("tickets_ticket", "subject", 150),
    ("tickets_ticketcategory", "name", 30),
)
FORTY: Final = f"""
INSERT INTO homework_homework (centre_id, school_class_id, author_id, title, body, due_at, state,
    created_at, published_at)
SELECT centre_id, school_class_id, author_id, '{ENDLESS}' || number, body, due_at, state,
    created_at, published_at
FROM homework_homework, generate_series(1, 40) AS number WHERE title = %s
"""  # noqa: S608 - nothing in it comes from outside
FEWER: Final = f"DELETE FROM homework_homework WHERE title LIKE '{ENDLESS}%%'"  # noqa: S608


@contextmanager
def long_words(stack: RunningStack, *, homework: str, teacher: str) -> Iterator[None]:
    """All that people wrote has no end, and a piece of homework has a file and forty like it."""
    with Person(stack.base_url, teacher) as person:
        attach_file(person, homework)
    ledger.change(stack, FORTY, [homework])
    for table, column, more in WRITTEN:
        longer = f"{column} || repeat('{ENDLESS}', {more})"
        ledger.change(stack, f"UPDATE {table} SET {column} = {longer}")  # noqa: S608
    try:
        yield
    finally:
        ledger.change(stack, FEWER, [])
        for table, column, _ in WRITTEN:
            shorter = f"rtrim({column}, '{ENDLESS}')"
            ledger.change(stack, f"UPDATE {table} SET {column} = {shorter}")  # noqa: S608


def attach_file(teacher: Person, title: str) -> None:
    """A picture at a piece of homework."""
    headers = {"X-CSRFToken": teacher.http.cookies["csrftoken"]}
    sent = teacher.http.post(
        "/api/files", files={"file": ("plan.png", picture())}, headers=headers
    ).raise_for_status()
    found = teacher.get("/api/homework")["items"]
    (homework_id,) = [each["id"] for each in found if each["title"] == title]
    given = {"files": [sent.json()["id"]]}
    teacher.http.patch(
        f"/api/homework/{homework_id}", json=given, headers=headers
    ).raise_for_status()
