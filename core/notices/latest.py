"""Notices as people read them: newest first."""

from typing import Final

from django.db.models import QuerySet

from core.notices.models import Notice
from core.notices.queries import notices_of

IN_PANEL: Final = 5


def newest_first(user_id: int) -> QuerySet[Notice]:
    """All of a person's notices with their centres."""
    return notices_of(user_id).select_related("centre").order_by("-seq")


def latest_notices(user_id: int) -> list[Notice]:
    """The few that stand beside other things."""
    return list(newest_first(user_id)[:IN_PANEL])
