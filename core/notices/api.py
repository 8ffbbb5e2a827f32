"""Notices over HTTP."""

from datetime import datetime
from typing import Annotated, Final, Self
from uuid import UUID

from django.http import HttpRequest
from ninja import Query, Router
from pydantic import Field, StrictInt

from core.http.bodies import LARGEST_ID, Given, Id, Told
from core.http.lists import Order, Page, Wanted, read_page
from core.notices import actions, queries
from core.notices.models import Notice, NoticeKind
from core.people.signed_in import signed_in

router = Router(tags=["notices"])

OLDEST_FIRST: Final = Order(Notice, "seq")

Seq = Annotated[int, Field(ge=0, le=LARGEST_ID)]


class NoticeTold(Told):
    """Something the portal told a person; `seq` is its number among theirs."""

    id: Id
    seq: int
    event_id: UUID
    kind: NoticeKind
    title: str
    body: str
    url: str
    created_at: datetime
    read_at: datetime | None

    @classmethod
    def of(cls, notice: Notice) -> Self:
        """The notice in words."""
        return cls(
            id=str(notice.pk),
            seq=notice.seq,
            event_id=notice.event_id,
            kind=NoticeKind(notice.kind),
            title=notice.title,
            body=notice.body,
            url=notice.url,
            created_at=notice.created_at,
            read_at=notice.read_at,
        )


class NoticesWanted(Wanted):
    """Which notices are asked for."""

    after: Annotated[Seq, Field(description="only those with a higher number")] = 0
    kind: Annotated[NoticeKind | None, Field(description="only those of this kind")] = None
    unread: Annotated[bool, Field(description="only those not read yet")] = False


class ReadUpTo(Given):
    """Up to which number notices were read."""

    up_to: Annotated[StrictInt, Field(ge=0, le=LARGEST_ID)]


class Unread(Told):
    """How many notices are left to read."""

    unread: int


@router.get("notices", response=Page[NoticeTold], operation_id="list_notices", summary="Notices")
def list_notices(request: HttpRequest, wanted: Query[NoticesWanted]) -> Page[NoticeTold]:
    """One's notices in the order of their numbers, in all of one's centres."""
    rows = queries.notices_of(signed_in(request).pk, after=wanted.after)
    rows = queries.shown_of(rows, kind=wanted.kind, unread=wanted.unread)
    return read_page(rows, OLDEST_FIRST, wanted, NoticeTold.of)


@router.post("notices/read", response=Unread, operation_id="read_notices", summary="Mark as read")
def read_notices(request: HttpRequest, given: ReadUpTo) -> Unread:
    """Marks one's notices up to a number as read, and says how many are left."""
    user_id = signed_in(request).pk
    actions.read_notices(user_id=user_id, up_to=given.up_to)
    return Unread(unread=queries.count_unread(user_id))


@router.get(
    "notices/unread",
    response=Unread,
    operation_id="count_unread_notices",
    summary="How many unread",
)
def count_unread(request: HttpRequest) -> Unread:
    """How many of one's notices are left to read, in all of one's centres."""
    return Unread(unread=queries.count_unread(signed_in(request).pk))


@router.post(
    "notices/{int:notice_id}/read",
    response=Unread,
    operation_id="read_notice",
    summary="Mark one as read",
)
def read_notice(request: HttpRequest, notice_id: int) -> Unread:
    """Marks one of one's notices as read, and says how many are left."""
    return _mark(request, notice_id, is_read=True)


@router.post(
    "notices/{int:notice_id}/unread",
    response=Unread,
    operation_id="unread_notice",
    summary="Mark one as unread",
)
def unread_notice(request: HttpRequest, notice_id: int) -> Unread:
    """Marks one of one's notices as not read after all, and says how many are left."""
    return _mark(request, notice_id, is_read=False)


def _mark(request: HttpRequest, notice_id: int, *, is_read: bool) -> Unread:
    user_id = signed_in(request).pk
    actions.mark_notice(user_id=user_id, notice_id=notice_id, is_read=is_read)
    return Unread(unread=queries.count_unread(user_id))
