"""What students were to do, and what they did: the parts of SQL that several kinds of report share.

A query is put together of parts with `reading`. Each part builds on those before it: the days that
count, the classes, then the work that was due on these days in these classes.
"""

from typing import Final

from core.events.event import Event
from core.submissions.events import SubmissionGraded, SubmissionHandedIn, SubmissionReturned

# What makes a report of it out of date.
CHANGED_BY: Final[frozenset[type[Event]]] = frozenset(
    (SubmissionHandedIn, SubmissionGraded, SubmissionReturned)
)

OF_PERIOD: Final = "span AS (SELECT %(since)s::date AS since, %(until)s::date AS until)"
OF_TERM: Final = """
span AS (
    SELECT begins AS since, ends AS until FROM calendar_term
    WHERE id = %(term)s AND centre_id = %(centre_id)s
)
"""
CHOSEN_CLASSES: Final = """
chosen AS (
    SELECT id, name, course_id FROM classes_schoolclass
    WHERE centre_id = %(centre_id)s AND id = ANY(%(classes)s)
)
"""
ALL_CLASSES: Final = """
chosen AS (
    SELECT id, name, course_id FROM classes_schoolclass WHERE centre_id = %(centre_id)s
)
"""

# A row for each published homework and each student who was to do it: who attended the class on the
# day on which it was due, and who handed something in all the same. `standing` is the word of the
# grade book; what was given back for another try is neither done nor missing.
WORK: Final = """
set_work AS (
    SELECT homework.id AS homework_id, homework.school_class_id AS class_id, homework.title,
        homework.due_at, (homework.due_at AT TIME ZONE %(timezone)s)::date AS due_on,
        homework.max_score
    FROM homework_homework homework
    JOIN chosen ON chosen.id = homework.school_class_id
    CROSS JOIN span
    WHERE homework.centre_id = %(centre_id)s AND homework.state = 'published'
        AND homework.due_at >= span.since::timestamp AT TIME ZONE %(timezone)s
        AND homework.due_at < (span.until + 1)::timestamp AT TIME ZONE %(timezone)s
), assigned AS (
    SELECT set_work.homework_id, enrolment.student_id
    FROM set_work JOIN classes_enrolment enrolment
        ON enrolment.school_class_id = set_work.class_id AND enrolment.since <= set_work.due_on
        AND (enrolment.until IS NULL OR enrolment.until >= set_work.due_on)
    WHERE enrolment.centre_id = %(centre_id)s AND NOT EXISTS (
        SELECT FROM classes_enrolment ended
        WHERE ended.centre_id = %(centre_id)s AND ended.school_class_id = set_work.class_id
            AND ended.student_id = enrolment.student_id AND ended.until IS NOT NULL
            AND set_work.due_on BETWEEN ended.since AND ended.until
            AND (enrolment.until IS NULL OR ended.id < enrolment.id)
    )
), handed_in AS (
    SELECT submission.homework_id, submission.student_id, submission.state,
        submission.handed_in_at, submission.due_at AS was_due_at, submission.score
    FROM set_work JOIN submissions_submission submission USING (homework_id)
    WHERE submission.centre_id = %(centre_id)s
), work AS (
    SELECT set_work.*, doing.student_id, doing.handed_in_at, doing.score,
        doing.score / nullif(set_work.max_score, 0) AS share,
        CASE
            WHEN doing.state IS NOT NULL THEN doing.state
            WHEN set_work.due_at < %(as_of)s THEN 'missing'
            ELSE 'open'
        END AS standing,
        coalesce(
            doing.handed_in_at > greatest(doing.was_due_at, set_work.due_at), FALSE
        ) AS is_late
    FROM (assigned FULL JOIN handed_in USING (homework_id, student_id)) AS doing
    JOIN set_work USING (homework_id)
)
"""
# Of rows of `work`: how many, and what became of them.
COUNTS: Final = """
    count(*) AS due,
    count(*) FILTER (WHERE standing IN ('handed_in', 'graded')) AS handed_in,
    count(*) FILTER (WHERE standing IN ('handed_in', 'graded') AND is_late) AS late,
    count(*) FILTER (WHERE standing = 'missing') AS missing,
    count(*) FILTER (WHERE standing = 'graded') AS graded
"""
# And the average of what was graded, of one.
AVERAGE: Final = "trim_scale(round(avg(share) FILTER (WHERE standing = 'graded'), 4)) AS average"
# Who attended a class on any of the days, so also who had nothing to do.
ENROLLED: Final = """
enrolled AS (
    SELECT DISTINCT enrolment.school_class_id AS class_id, enrolment.student_id
    FROM classes_enrolment enrolment
    JOIN chosen ON chosen.id = enrolment.school_class_id
    JOIN span ON enrolment.since <= span.until
        AND (enrolment.until IS NULL OR enrolment.until >= span.since)
    WHERE enrolment.centre_id = %(centre_id)s
)
"""
# By student and class.
DONE: Final = f"""
done AS (
    SELECT class_id, student_id, {COUNTS}, {AVERAGE} FROM work GROUP BY class_id, student_id
)
"""  # noqa: S608 - all of it stands here

# A line for each class by name, and one without a class for all of them together.
BY_CLASS: Final = f"""
SELECT chosen.id AS class_id, chosen.name AS class, count(DISTINCT student_id) AS students,
    count(DISTINCT homework_id) AS homework, {COUNTS}, {AVERAGE}
FROM work JOIN chosen ON chosen.id = work.class_id
GROUP BY GROUPING SETS ((chosen.id, chosen.name), ())
ORDER BY chosen.id IS NULL, chosen.name, chosen.id
"""  # noqa: S608
# One line for all of them together, one for each week in which something was due, by its Monday,
# and one for each class. By way of each homework, so that the work is gone through once.
BY_CLASS_AND_WEEK: Final = f"""
SELECT chosen.id AS class_id, chosen.name AS class, to_char(week, 'YYYY-MM-DD') AS week,
    count(*) AS homework, coalesce(sum(handed_in), 0) AS handed_in, coalesce(sum(late), 0) AS late,
    coalesce(sum(missing), 0) AS missing, coalesce(sum(graded), 0) AS graded,
    trim_scale(round(sum(shares) / nullif(sum(graded), 0), 4)) AS average
FROM (
    SELECT class_id, date_trunc('week', due_on) AS week, {COUNTS},
        sum(share) FILTER (WHERE standing = 'graded') AS shares
    FROM work GROUP BY homework_id, class_id, due_on
) each JOIN chosen ON chosen.id = each.class_id
GROUP BY GROUPING SETS ((chosen.id, chosen.name), (week), ())
ORDER BY chosen.id IS NOT NULL, week NULLS FIRST, chosen.name, chosen.id
"""  # noqa: S608


def reading(query: str, *parts: str) -> str:
    """The query with the parts in front of it."""
    return f"WITH {', '.join(part.strip() for part in parts)} {query.strip()}"
