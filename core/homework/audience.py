"""Whom a homework concerns: the class's present students and their guardians."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from django.db import connection
from django.utils.translation import gettext_noop as _

CUSTODY: Final = _("custody block")
NO_CONTACT: Final = _("is not to be contacted")
INACTIVE: Final = _("account is not active")
LEFT: Final = _("no longer of the class")

# A guardian of two students counts once, and is told if they may know for one of them.
AUDIENCE: Final = """
WITH student AS (
    SELECT enrolment.student_id AS id
    FROM homework_homework homework
    JOIN classes_enrolment enrolment USING (school_class_id)
    WHERE homework.id = %(homework)s AND enrolment.until IS NULL
), person AS (
    SELECT id, FALSE AS blocked, FALSE AS silent, 'student' AS part, NULL::bigint AS student_id
    FROM student
    UNION ALL
    SELECT guardian_id, custody_blocked, custody_blocked OR NOT may_be_contacted, 'guardian',
        student_id
    FROM people_guardianship WHERE student_id IN (SELECT id FROM student)
        AND centre_id = (SELECT centre_id FROM homework_homework WHERE id = %(homework)s)
)
SELECT person.id, bool_and(person.blocked), bool_and(person.silent),
    bool_and(people_user.is_active AND ended.user_id IS NULL), max(person.part),
    array_agg(student_id) FILTER (WHERE student_id IS NOT NULL AND NOT person.silent)
FROM person JOIN people_user ON people_user.id = person.id
LEFT JOIN people_membership ended ON ended.user_id = person.id AND NOT ended.is_active
    AND ended.centre_id = (SELECT centre_id FROM homework_homework WHERE id = %(homework)s)
GROUP BY person.id ORDER BY person.id
"""

# The same for persons already chosen, each looked up by itself: a batch of ten costs ten look-ups,
# however large the class. `blocked` is null for who is no guardian of anyone in the class.
STANDING: Final = """
SELECT homework.id, person.id, student.attends, guardian.blocked, guardian.silent,
    person.is_active AND NOT EXISTS (
        SELECT FROM people_membership ended WHERE ended.user_id = person.id
            AND ended.centre_id = homework.centre_id AND NOT ended.is_active
    ), guardian.students
FROM unnest(%(homework)s::bigint[], %(people)s::bigint[]) AS asked(homework_id, person_id)
JOIN homework_homework homework ON homework.id = asked.homework_id
JOIN people_user person ON person.id = asked.person_id
CROSS JOIN LATERAL (
    SELECT EXISTS (
        SELECT FROM classes_enrolment enrolment
        WHERE enrolment.school_class_id = homework.school_class_id
            AND enrolment.student_id = person.id AND enrolment.until IS NULL
    ) AS attends
) student
CROSS JOIN LATERAL (
    SELECT bool_and(custody_blocked) AS blocked,
        bool_and(custody_blocked OR NOT may_be_contacted) AS silent,
        array_agg(guardianship.student_id) FILTER (WHERE NOT custody_blocked) AS students
    FROM people_guardianship guardianship
    JOIN classes_enrolment enrolment ON enrolment.student_id = guardianship.student_id
        AND enrolment.school_class_id = homework.school_class_id AND enrolment.until IS NULL
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
                _why_not(blocked=blocked, silent=silent, active=active),
                tuple(students or ()) if part == "guardian" else (),
            )
            for person, blocked, silent, active, part, students in cursor.fetchall()
        ]


def standing_of(asked: Iterable[tuple[int, int]]) -> dict[tuple[int, int], Concerned]:
    """How (homework, person) stand to each other by now; one query for all that are asked."""
    pairs = list(asked)
    now = {(homework, person): Concerned(person, "", LEFT) for homework, person in pairs}
    with connection.cursor() as cursor:
        cursor.execute(
            STANDING, {"homework": [each[0] for each in pairs], "people": [e[1] for e in pairs]}
        )
        for homework, person, attends, blocked, silent, active, students in cursor.fetchall():
            if attends:
                why_not = _why_not(blocked=False, silent=False, active=active)
                now[homework, person] = Concerned(person, "student", why_not)
            elif blocked is not None:
                why_not = _why_not(blocked=blocked, silent=silent, active=active)
                told = Concerned(person, "guardian", why_not, tuple(students or ()))
                now[homework, person] = told
    return now


def _why_not(*, blocked: bool, silent: bool, active: bool) -> str:
    if blocked:
        return CUSTODY
    if silent:
        return NO_CONTACT
    return "" if active else INACTIVE
