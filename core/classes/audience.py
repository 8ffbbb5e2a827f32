"""Whom a homework concerns: the class's students and their guardians."""

from dataclasses import dataclass
from typing import Final

from django.db import connection

CUSTODY: Final = "custody block"
INACTIVE: Final = "account is not active"

# A guardian of two students counts once, and is told if they may know for one of them.
AUDIENCE: Final = """
WITH student AS (
    SELECT enrolment.student_id AS id
    FROM classes_homework homework
    JOIN classes_enrolment enrolment USING (school_class_id)
    WHERE homework.id = %(homework)s
), person AS (
    SELECT id, FALSE AS blocked, 'student' AS part FROM student
    UNION ALL
    SELECT guardian_id, custody_blocked, 'guardian'
    FROM people_guardianship WHERE student_id IN (SELECT id FROM student)
        AND centre_id = (SELECT centre_id FROM classes_homework WHERE id = %(homework)s)
)
SELECT person.id, bool_and(person.blocked), bool_and(people_user.is_active), max(person.part)
FROM person JOIN people_user ON people_user.id = person.id
GROUP BY person.id ORDER BY person.id
"""


@dataclass(frozen=True, slots=True)
class Concerned:
    """A person whom a homework concerns, and why they are not told, or ''."""

    person_id: int
    part: str  # student or guardian
    why_not: str


def audience_of(homework_id: int) -> list[Concerned]:
    """Everyone whom the homework concerns, in one query."""
    with connection.cursor() as cursor:
        cursor.execute(AUDIENCE, {"homework": homework_id})
        return [
            Concerned(person, part, _why_not(blocked=blocked, active=active))
            for person, blocked, active, part in cursor.fetchall()
        ]


def _why_not(*, blocked: bool, active: bool) -> str:
    if blocked:
        return CUSTODY
    return "" if active else INACTIVE
