"""Of what students are to be reminded: what is due within a day and was not handed in."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any, Final

from django.db import connection

from core.homework.models import Homework

AHEAD: Final = timedelta(hours=24)


Missing = dict[int, list[Homework]]  # by student, what is due first comes first


MISSING: Final = """
SELECT enrolment.student_id, homework.id
FROM homework_homework homework
JOIN classes_enrolment enrolment USING (school_class_id)
JOIN classes_schoolclass school_class ON school_class.id = homework.school_class_id
JOIN people_user student ON student.id = enrolment.student_id AND student.is_active
WHERE homework.centre_id = %(centre)s AND homework.state = 'published'
    AND enrolment.until IS NULL AND school_class.archived_at IS NULL
    AND homework.due_at > %(at)s AND homework.due_at <= %(until)s
    AND (%(students)s::bigint[] IS NULL OR enrolment.student_id = ANY(%(students)s))
    AND NOT EXISTS (
        SELECT FROM people_membership ended WHERE ended.user_id = student.id
            AND ended.centre_id = homework.centre_id AND NOT ended.is_active
    )
    AND NOT EXISTS (
        SELECT FROM submissions_submission submission
        WHERE submission.homework_id = homework.id
            AND submission.student_id = enrolment.student_id AND submission.state <> 'returned'
    )
ORDER BY homework.due_at, homework.id
"""


def missing_work(centre_id: int, at: datetime, student_ids: Iterable[int] | None = None) -> Missing:
    """What falls due within a day of `at` and was not handed in, by student; two queries."""
    asked: dict[str, Any] = {
        "centre": centre_id,
        "at": at,
        "until": at + AHEAD,
        "students": None if student_ids is None else list(student_ids),
    }
    with connection.cursor() as cursor:
        cursor.execute(MISSING, asked)
        pairs = cursor.fetchall()
    homework = Homework.objects.select_related("school_class").in_bulk({pk for _, pk in pairs})
    missing: Missing = defaultdict(list)
    for student, pk in pairs:
        missing[student].append(homework[pk])
    return missing
