"""All that reads notices and preferences."""

from django.db.models import QuerySet

from core.notices.models import Notice, NoticeKind, NoticePreference


def notices_of(user_id: int, *, after: int = 0) -> QuerySet[Notice]:
    """A person's notices with a number above `after`, oldest first."""
    return Notice.objects.filter(person_id=user_id, seq__gt=after).order_by("seq")


def count_unread(user_id: int) -> int:
    """How many notices the person has not read."""
    return Notice.objects.filter(person_id=user_id, read_at=None).count()


def preferences_of(user_id: int) -> dict[str, dict[str, bool]]:
    """For every kind, whether it is mailed: `{"homework": {"email": true}}`."""
    rows = NoticePreference.objects.filter(person_id=user_id).values_list("kind", "email")
    chosen = dict(rows)
    return {kind: {"email": chosen.get(kind, True)} for kind in NoticeKind.values}
