"""All that reads notices and preferences."""

from django.db.models import Exists, F, Func, IntegerField, OuterRef, Q, QuerySet

from core.notices.models import Notice, NoticeKind
from core.people.models import Guardianship, Membership


def notices_of(user_id: int, *, after: int = 0) -> QuerySet[Notice]:
    """A person's notices with a number above `after`, oldest first.

    Not those of a centre in which they may not act any more, nor those about students of whom a
    custody block says that they may not know.
    """
    acts = Membership.objects.filter(
        user_id=user_id, centre_id=OuterRef("centre_id"), is_active=True
    )
    among = Func(
        OuterRef("student_ids"),
        F("student_id"),
        function="array_position",
        output_field=IntegerField(),
    )
    may_know = Guardianship.objects.annotate(among=among).filter(
        guardian_id=user_id,
        centre_id=OuterRef("centre_id"),
        custody_blocked=False,
        among__isnull=False,
    )
    found = Notice.objects.filter(Exists(acts), person_id=user_id, seq__gt=after)
    return found.filter(Q(student_ids=[]) | Exists(may_know)).order_by("seq")


def count_unread(user_id: int) -> int:
    """How many notices the person has not read."""
    return notices_of(user_id).filter(read_at=None).count()


def shown_of(
    rows: QuerySet[Notice], *, kind: NoticeKind | None = None, unread: bool = False
) -> QuerySet[Notice]:
    """Of some notices those of a kind, and those not read yet."""
    rows = rows.filter(kind=kind) if kind else rows
    return rows.filter(read_at=None) if unread else rows
