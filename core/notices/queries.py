"""All that reads notices and preferences."""

from typing import Final

from django.db.models import BooleanField, QuerySet
from django.db.models.expressions import RawSQL

from core.notices.models import Notice, NoticeKind

# What is still the person's to read: it stands around every page, and the ORM would put it together
# anew each time, for 2 ms.
THEIRS: Final = """
EXISTS (
    SELECT FROM people_membership AS membership
    WHERE membership.user_id = %s AND membership.centre_id = notices_notice.centre_id
        AND membership.is_active
) AND (
    notices_notice.student_ids = '{}' OR EXISTS (
        SELECT FROM people_guardianship AS guardianship
        WHERE guardianship.guardian_id = %s
            AND guardianship.centre_id = notices_notice.centre_id
            AND guardianship.student_id = ANY (notices_notice.student_ids)
            AND NOT guardianship.custody_blocked
    )
)
"""


def notices_of(user_id: int, *, after: int = 0) -> QuerySet[Notice]:
    """A person's notices with a number above `after`, oldest first.

    Not those of a centre in which they may not act any more, nor those about students of whom a
    custody block says that they may not know.
    """
    theirs = RawSQL(THEIRS, [user_id, user_id], output_field=BooleanField())  # noqa: S611 - parameters apart
    return Notice.objects.filter(theirs, person_id=user_id, seq__gt=after).order_by("seq")


def count_unread(user_id: int) -> int:
    """How many notices the person has not read."""
    return notices_of(user_id).filter(read_at=None).count()


def shown_of(
    rows: QuerySet[Notice], *, kind: NoticeKind | None = None, unread: bool = False
) -> QuerySet[Notice]:
    """Of some notices those of a kind, and those not read yet."""
    rows = rows.filter(kind=kind) if kind else rows
    return rows.filter(read_at=None) if unread else rows
