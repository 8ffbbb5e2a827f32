"""Reminding students of what is due within a day: when, and of what."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import date, datetime, timedelta
from typing import Any, Final
from zoneinfo import ZoneInfo

from django.db import connection, transaction

from core.events.publish import publish
from core.homework.models import Homework
from core.people.models import Centre
from core.submissions.events import HomeworkRemindersDue
from core.submissions.models import ReminderDay

FROM: Final = 9  # o'clock, in the centre's time zone
UNTIL: Final = 20  # when nothing worked at nine, later is better than not, but not at night
AHEAD: Final = timedelta(hours=24)


@transaction.atomic
def open_days(*, at: datetime) -> int:
    """Have the students of each centre reminded where it is time; once a day. Returns how many."""
    days = {centre.pk: day for centre in Centre.objects.all() if (day := _day_of(centre, at))}
    done = ReminderDay.objects.filter(day__in=set(days.values())).values_list("centre_id", "day")
    due = set(days.items()) - set(done)
    return sum(_open_day(centre_id, day, at) for centre_id, day in sorted(due))


def _day_of(centre: Centre, at: datetime) -> date | None:
    """The day there, where it is time; None otherwise."""
    there = at.astimezone(ZoneInfo(centre.timezone))
    return there.date() if FROM <= there.hour < UNTIL else None


def _open_day(centre_id: int, day: date, at: datetime) -> bool:
    _, is_new = ReminderDay.objects.get_or_create(centre_id=centre_id, day=day)
    if is_new:
        publish(HomeworkRemindersDue(centre_id=centre_id, day=day, at=at))
    return is_new


Missing = dict[int, list[Homework]]  # by student, what is due first comes first


MISSING: Final = """
SELECT enrolment.student_id, homework.id
FROM homework_homework homework
JOIN classes_enrolment enrolment USING (school_class_id)
JOIN people_user student ON student.id = enrolment.student_id AND student.is_active
WHERE homework.centre_id = %(centre)s AND homework.state = 'published'
    AND homework.due_at > %(at)s AND homework.due_at <= %(until)s
    AND (%(students)s::bigint[] IS NULL OR enrolment.student_id = ANY(%(students)s))
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
