"""All that reads notices and preferences."""

from django.db.models import QuerySet

from core.notices.models import Notice, NoticeKind


def notices_of(user_id: int, *, after: int = 0) -> QuerySet[Notice]:
    """A person's notices with a number above `after`, oldest first."""
    return Notice.objects.filter(person_id=user_id, seq__gt=after).order_by("seq")


def count_unread(user_id: int) -> int:
    """How many notices the person has not read."""
    return Notice.objects.filter(person_id=user_id, read_at=None).count()


def shown_of(
    rows: QuerySet[Notice], *, kind: NoticeKind | None = None, unread: bool = False
) -> QuerySet[Notice]:
    """Of some notices those of a kind, and those not read yet."""
    rows = rows.filter(kind=kind) if kind else rows
    return rows.filter(read_at=None) if unread else rows
