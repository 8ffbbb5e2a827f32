"""What was said in a room as its page shows it: by days, with files, and who is named in it."""

import re
from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final
from uuid import UUID

from django.db.models import QuerySet

from core.files.attachments import files_of_many
from core.files.models import File
from core.language.dates import local
from core.people.actor import Actor
from core.people.models import User
from core.rooms import queries
from core.rooms.models import Mention, Message, Room
from core.rooms.subjects import of_message

MOST: Final = 50  # messages that are shown at once


@dataclass(frozen=True, slots=True)
class Piece:
    """A part of a message's words; with `names` somebody is told by it."""

    text: str
    names: User | None = None


@dataclass(frozen=True, slots=True)
class Said:
    """One message as the reader sees it."""

    message: Message
    pieces: list[Piece]
    files: list[File]
    begins_day: bool  # nothing was said on its day before it
    is_own: bool
    may_change: bool
    may_remove: bool


@dataclass(frozen=True, slots=True)
class Talk:
    """Some of what was said, oldest first, and what stands in front of it and behind it."""

    said: list[Said]
    has_earlier: bool
    next_day: datetime | None  # of what follows, where that is another day

    @property
    def first_seq(self) -> int:
        """The number of the first message; 0 where there is none."""
        return self.said[0].message.seq if self.said else 0


@dataclass(frozen=True, slots=True)
class Reader:
    """Who looks at a room, and what they may do there."""

    by: Actor
    room: Room
    zone: str  # in which days begin
    keeps_order: bool

    @property
    def is_open(self) -> bool:
        """Whether something can be said."""
        return queries.is_open(self.room)


def reader_of(room: Room, *, by: Actor, zone: str) -> Reader:
    """The actor in front of the room, whose class should be selected."""
    return Reader(by, room, zone, queries.keeps_order(room, by))


def latest(reader: Reader, up_to: int) -> Talk:
    """What was said last, up to this number."""
    newest = queries.messages_of(reader.room).filter(seq__lte=up_to)
    messages, has_earlier = _last_of(newest)
    return Talk(_as_said(messages, None, reader), has_earlier, None)


def earlier(reader: Reader, before: int) -> Talk:
    """What was said last in front of this number."""
    rows = queries.messages_of(reader.room)
    messages, has_earlier = _last_of(rows.filter(seq__lt=before))
    follows = rows.filter(seq__gte=before).order_by("seq").first()
    next_day = follows.created_at if follows else None
    if messages and next_day and _day(messages[-1], reader) == _day(next_day, reader):
        next_day = None
    return Talk(_as_said(messages, None, reader), has_earlier, next_day)


def since(reader: Reader, after: int, up_to: int) -> list[Said]:
    """What was said behind `after`, up to a number."""
    rows = queries.messages_of(reader.room)
    last = rows.filter(seq__lte=after).order_by("-seq").first()
    new = rows.filter(seq__gt=after, seq__lte=up_to).order_by("seq")
    return _as_said(list(new), last, reader)


def these(reader: Reader, ids: Collection[UUID], *, shown: range) -> list[Said]:
    """Messages by their ids as they are now, of those whose numbers are shown."""
    found = queries.messages_of(reader.room).filter(pk__in=ids)
    found = found.filter(seq__gte=shown.start, seq__lt=shown.stop)
    return _as_said(list(found.order_by("seq")), None, reader)


def pieces_of(body: str, named: Sequence[User]) -> list[Piece]:
    """The words, cut where they name one of these people."""
    by_name = {_plain(each.name): each for each in named}
    if not by_name:
        return [Piece(body)]
    longest_first = sorted(by_name, key=len, reverse=True)
    names = "|".join(r"\s+".join(map(re.escape, name.split())) for name in longest_first)
    cut = re.split(rf"(?<!\w)@({names})(?!\w)", body, flags=re.IGNORECASE)
    # Every second one is a name, without its `@`.
    pieces = [
        Piece(f"@{text}", by_name.get(_plain(text))) if at % 2 else Piece(text)
        for at, text in enumerate(cut)
    ]
    return [each for each in pieces if each.text]


def _last_of(rows: QuerySet[Message]) -> tuple[list[Message], bool]:
    """The last ones in order, and whether there are others in front of them."""
    found = list(rows.order_by("-seq")[: MOST + 1])
    return found[:MOST][::-1], len(found) > MOST


def _as_said(messages: list[Message], last: Message | None, reader: Reader) -> list[Said]:
    """Messages in order; `last` was said in front of them. Two queries."""
    files = files_of_many([of_message(each.pk) for each in messages])
    named = _named_in(messages)
    said = []
    for each in messages:
        is_own = each.author_id == reader.by.user_id
        is_there = each.removed_at is None
        said.append(
            Said(
                message=each,
                pieces=pieces_of(each.body, named[each.pk]),
                files=files[of_message(each.pk)],
                begins_day=last is None or _day(last, reader) != _day(each, reader),
                is_own=is_own,
                may_change=is_there and is_own and reader.is_open,
                may_remove=is_there and (is_own or reader.keeps_order),
            )
        )
        last = each
    return said


def _named_in(messages: Iterable[Message]) -> dict[UUID, list[User]]:
    found: dict[UUID, list[User]] = defaultdict(list)
    mentions = Mention.objects.filter(message__in=[each.pk for each in messages])
    for mention in mentions.select_related("person").order_by("pk"):
        found[mention.message_id].append(mention.person)
    return found


def _day(what: Message | datetime, reader: Reader) -> date:
    moment = what.created_at if isinstance(what, Message) else what
    return local(moment, reader.zone).date()


def _plain(name: str) -> str:
    return " ".join(name.split()).lower()
