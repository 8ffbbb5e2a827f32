"""All that changes notices and preferences."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from uuid import UUID

from django.db import transaction
from django.db.models.functions import Coalesce

from core import clock
from core.events.event import NO_CENTRE
from core.events.publish import publish
from core.live.entries import NewEntry, append, rewrite
from core.notices.events import NoticePreferencesChanged, NoticesRead
from core.notices.models import Notice, NoticeKind, NoticePreference
from core.notices.streams import stream_of


@transaction.atomic
def read_notices(*, user_id: int, up_to: int) -> int:
    """Mark a person's notices up to a number as read; returns how many were unread."""
    unread = Notice.objects.filter(person_id=user_id, seq__lte=up_to, read_at=None)
    count = unread.update(read_at=clock.now())
    if count:
        publish(NoticesRead(centre_id=NO_CENTRE, person_id=user_id, up_to=up_to))
    return count


@transaction.atomic
def choose_preferences(*, user_id: int, email: Mapping[str, bool]) -> None:
    """Set for each kind given whether it is mailed."""
    for kind, wanted in email.items():
        NoticePreference.objects.update_or_create(
            person_id=user_id, kind=kind, defaults={"email": wanted}
        )
    publish(NoticePreferencesChanged(centre_id=NO_CENTRE, person_id=user_id))


@dataclass(frozen=True, slots=True)
class Note:
    """What one person is to be told."""

    person_id: int
    centre_id: int
    event_id: UUID
    kind: NoticeKind
    title: str
    body: str
    url: str


def tell(notes: Sequence[Note]) -> None:
    """Give each person a notice with the next number of their stream, in the present transaction.

    The browsers that follow the streams get it after the commit.
    """
    numbers = append(
        [NewEntry(stream_of(note.person_id), "notice", _shown(note)) for note in notes]
    )
    at = clock.now()
    Notice.objects.bulk_create(
        Notice(seq=seq, created_at=at, **asdict(note))
        for note, seq in zip(notes, numbers, strict=True)
    )


def take_back(event_id: UUID, person_ids: Iterable[int], title: str) -> None:
    """Leave of the notices of an event, for these people, only that there was one.

    What said too much is gone from the list, and from the streams for who has not followed them
    yet; open pages read their lists anew.
    """
    told = Notice.objects.filter(event_id=event_id, person_id__in=person_ids)
    found = list(told.order_by("person_id"))
    if not found:
        return
    at = clock.now()
    told.update(title=title, body="", url="/", read_at=Coalesce("read_at", at))
    left = {"kind": found[0].kind, "title": title, "body": "", "url": "/"}
    left["centre_id"] = str(found[0].centre_id)
    rewrite({stream_of(each.person_id): each.seq for each in found}, left)
    append(
        [
            NewEntry(stream_of(each.person_id), "notice_taken_back", left | {"seq": each.seq})
            for each in found
        ]
    )


def _shown(note: Note) -> dict[str, str]:
    return {
        "kind": note.kind,
        "title": note.title,
        "body": note.body,
        "url": note.url,
        "centre_id": str(note.centre_id),
    }
