"""Digests: whose mails are collected, and which day's digest lists which notice."""

from datetime import date, datetime, time
from typing import Any, Final
from zoneinfo import ZoneInfo

from django.db import connection, transaction

from core import clock
from core.events.publish import publish
from core.events.registry import handler_names
from core.events.wire import queue_of
from core.isolation.scope import everywhere
from core.notices.events import CentreDigestsDue
from core.notices.models import Notice, NoticePreference
from core.notices.queries import notices_of
from core.notices.wanted import IN_DIGEST
from core.people.models import Centre

HOUR: Final = time(18)  # in the centre's time zone
MAIL: Final = "email"  # the queue of handlers that mail
SUNDAY: Final = 6
REACHES_BACK: Final = 15  # days: two weekly digests, should the first have failed

TAKE: Final = """
INSERT INTO notices_digestday (centre_id, day)
SELECT * FROM unnest(%(centres)s::bigint[], %(days)s::date[])
ON CONFLICT (centre_id, day) DO NOTHING RETURNING centre_id, day
"""

# Begins with the few who ever chose something; whether a notice's mail was left to the digest says
# its own delivery. What is on the list of a day stays on it, however often this runs.
COLLECT: Final = """
UPDATE notices_notice SET digest_on = %(day)s
WHERE centre_id = %(centre)s AND digest_on IS NULL AND id IN (
    SELECT notice.id FROM (
        SELECT DISTINCT person_id FROM notices_noticepreference
    ) chooser
    JOIN notices_notice notice ON notice.person_id = chooser.person_id
    LEFT JOIN notices_digestchoice choice ON choice.person_id = chooser.person_id
    LEFT JOIN notices_noticepreference general ON general.person_id = chooser.person_id
        AND general.kind = notice.kind AND general.student_id IS NULL
    WHERE notice.centre_id = %(centre)s AND notice.digest_on IS NULL
        AND notice.created_at > now() - make_interval(days => %(back)s)
        AND (%(is_sunday)s OR coalesce(choice.frequency, 'daily') = 'daily')
        AND (general.email IS NOT FALSE OR EXISTS (
            SELECT FROM notices_noticepreference apart
            WHERE apart.person_id = chooser.person_id AND apart.kind = notice.kind AND apart.email
        ))
        AND EXISTS (
            SELECT FROM delivery WHERE delivery.event_id = notice.event_id
                AND delivery.handler = ANY(%(mailing)s)
                AND delivery.key = notice.person_id::text
                AND delivery.state = 'skipped' AND delivery.detail = %(left)s
        )
)
"""


def is_time(centre: Centre, now: datetime) -> date | None:
    """The day whose digests a centre has had time for; None before 18:00."""
    there = now.astimezone(ZoneInfo(centre.timezone))
    return there.date() if there.time() >= HOUR else None


@transaction.atomic
def call_digests() -> int:
    """Have the digests sent of every centre where it is time, once a day; returns of how many.

    A clock that was late makes up for it until midnight.
    """
    now = clock.now()
    with everywhere():
        due = {each.pk: day for each in Centre.objects.all() if (day := is_time(each, now))}
        with connection.cursor() as cursor:
            cursor.execute(TAKE, {"centres": list(due), "days": list(due.values())})
            taken = cursor.fetchall()
    for centre_id, day in taken:
        publish(CentreDigestsDue(centre_id=centre_id, day=day))
    return len(taken)


def collect_digests(centre_id: int, day: date) -> list[int]:
    """Put on the day's lists what was left to the digest; returns whose lists are not empty."""
    wanted: dict[str, Any] = {
        "centre": centre_id,
        "day": day,
        "is_sunday": day.weekday() == SUNDAY,
        "back": REACHES_BACK,
        "left": IN_DIGEST,
        "mailing": [each for each in handler_names() if queue_of(each) == MAIL],
    }
    with connection.cursor() as cursor:
        cursor.execute(COLLECT, wanted)
    listed = Notice.objects.filter(centre_id=centre_id, digest_on=day)
    return list(listed.order_by("person_id").values_list("person_id", flat=True).distinct())


def listed_in(centre_id: int, day: date, person_id: int) -> list[Notice]:
    """What a person's digest of the day lists, oldest first, less what they unsubscribed from."""
    ended = NoticePreference.objects.filter(person_id=person_id, by_link=True).values("kind")
    found = notices_of(person_id).filter(centre_id=centre_id, digest_on=day)
    return list(found.exclude(kind__in=ended))
