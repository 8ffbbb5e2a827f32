"""Notices and preferences over HTTP."""

from datetime import datetime
from typing import Annotated, Final, Self
from uuid import UUID

from django.http import HttpRequest
from ninja import Query, Router
from pydantic import Field, RootModel, StrictBool, StrictInt

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


class ReadUpTo(Given):
    """Up to which number notices were read."""

    up_to: Annotated[StrictInt, Field(ge=0, le=LARGEST_ID)]


class Unread(Told):
    """How many notices are left to read."""

    unread: int


class Preference(Given):
    """By which ways a person hears of a kind of notice; the portal itself always tells."""

    email: StrictBool


class Preferences(RootModel[dict[NoticeKind, Preference]]):
    """Per kind of notice."""


@router.get("notices", response=Page[NoticeTold], operation_id="list_notices", summary="Notices")
def list_notices(request: HttpRequest, wanted: Query[NoticesWanted]) -> Page[NoticeTold]:
    """One's notices in the order of their numbers, in all of one's centres."""
    rows = queries.notices_of(signed_in(request).pk, after=wanted.after)
    return read_page(rows, OLDEST_FIRST, wanted, NoticeTold.of)


@router.post("notices/read", response=Unread, operation_id="read_notices", summary="Mark as read")
def read_notices(request: HttpRequest, given: ReadUpTo) -> Unread:
    """Marks one's notices up to a number as read, and says how many are left."""
    user_id = signed_in(request).pk
    actions.read_notices(user_id=user_id, up_to=given.up_to)
    return Unread(unread=queries.count_unread(user_id))


@router.get(
    "notice-preferences",
    response=Preferences,
    operation_id="get_notice_preferences",
    summary="What is mailed",
)
def get_preferences(request: HttpRequest) -> Preferences:
    """For every kind of notice, whether it is mailed."""
    return Preferences.model_validate(queries.preferences_of(signed_in(request).pk))


@router.put(
    "notice-preferences",
    response=Preferences,
    operation_id="set_notice_preferences",
    summary="Choose what is mailed",
)
def set_preferences(request: HttpRequest, given: Preferences) -> Preferences:
    """Sets the kinds that are given; the others stay."""
    chosen = {kind.value: preference.email for kind, preference in given.root.items()}
    actions.choose_preferences(user_id=signed_in(request).pk, email=chosen)
    return get_preferences(request)
