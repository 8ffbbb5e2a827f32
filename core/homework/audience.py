"""Whom a homework concerns: the class's students and their guardians."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from django.db import connection
from django.utils.translation import gettext_noop as _

CUSTODY: Final = _("custody block")
INACTIVE: Final = _("account is not active")
LEFT: Final = _("no longer of the class")

# A guardian of two students counts once, and is told if they may know for one of them.
AUDIENCE: Final = """
WITH student AS (
    SELECT enrolment.student_id AS id
    FROM homework_homework homework
    JOIN classes_enrolment enrolment USING (school_class_id)
    WHERE homework.id = %(homework)s
), person AS (
    SELECT id, FALSE AS blocked, 'student' AS part, NULL::bigint AS student_id FROM student
    UNION ALL
    SELECT guardian_id, custody_blocked, 'guardian', student_id
    FROM people_guardianship WHERE student_id IN (SELECT id FROM student)
        AND centre_id = (SELECT centre_id FROM homework_homework WHERE id = %(homework)s)
)
SELECT person.id, bool_and(person.blocked), bool_and(people_user.is_active), max(person.part),
    array_agg(student_id) FILTER (WHERE student_id IS NOT NULL AND NOT person.blocked)
FROM person JOIN people_user ON people_user.id = person.id
GROUP BY person.id ORDER BY person.id
"""

# The same for persons already chosen, each looked up by itself: a batch of ten costs ten look-ups,
# however large the class. `blocked` is null for who is no guardian of anyone in the class.
STANDING: Final = """
SELECT homework.id, person.id, student.attends, guardian.blocked, person.is_active,
    guardian.students
FROM unnest(%(homework)s::bigint[], %(people)s::bigint[]) AS asked(homework_id, person_id)
JOIN homework_homework homework ON homework.id = asked.homework_id
JOIN people_user person ON person.id = asked.person_id
CROSS JOIN LATERAL (
    SELECT EXISTS (
        SELECT FROM classes_enrolment enrolment
        WHERE enrolment.school_class_id = homework.school_class_id
            AND enrolment.student_id = person.id
    ) AS attends
) student
CROSS JOIN LATERAL (
    SELECT bool_and(custody_blocked) AS blocked,
        array_agg(guardianship.student_id) FILTER (WHERE NOT custody_blocked) AS students
    FROM people_guardianship guardianship
    JOIN classes_enrolment enrolment ON enrolment.student_id = guardianship.student_id
        AND enrolment.school_class_id = homework.school_class_id
    WHERE guardianship.guardian_id = person.id AND guardianship.centre_id = homework.centre_id
) guardian
"""


@dataclass(frozen=True, slots=True)
class Concerned:
    """A person whom a homework concerns, and why they are not told, or ''."""

    person_id: int
    part: str  # student or guardian; '' for who has left
    why_not: str
    students: tuple[int, ...] = ()  # of whom a guardian may know


def audience_of(homework_id: int) -> list[Concerned]:
    """Everyone whom the homework concerns, in one query."""
    with connection.cursor() as cursor:
        cursor.execute(AUDIENCE, {"homework": homework_id})
        return [
            Concerned(
                person,
                part,
                _why_not(blocked=blocked, active=active),
                tuple(students or ()) if part == "guardian" else (),
            )
            for person, blocked, active, part, students in cursor.fetchall()
        ]


def standing_of(asked: Iterable[tuple[int, int]]) -> dict[tuple[int, int], Concerned]:
    """How (homework, person) stand to each other by now; one query for all that are asked."""
    pairs = list(asked)
    now = {(homework, person): Concerned(person, "", LEFT) for homework, person in pairs}
    with connection.cursor() as cursor:
        cursor.execute(
            STANDING, {"homework": [each[0] for each in pairs], "people": [e[1] for e in pairs]}
        )
        for homework, person, attends, blocked, active, students in cursor.fetchall():
            if attends:
                why_not = _why_not(blocked=False, active=active)
                now[homework, person] = Concerned(person, "student", why_not)
            elif blocked is not None:
                why_not = _why_not(blocked=blocked, active=active)
                theirs = tuple(students or ())
                now[homework, person] = Concerned(person, "guardian", why_not, theirs)
    return now


def _why_not(*, blocked: bool, active: bool) -> str:
    if blocked:
        return CUSTODY
    return "" if active else INACTIVE
