"""All that changes notices and preferences."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from typing import Any
from uuid import UUID

from django.db import transaction

from core import clock
from core.events.event import NO_CENTRE
from core.events.publish import publish
from core.live.entries import NewEntry, append, retract, rewrite
from core.notices.events import NoticeMarked, NoticesRead
from core.notices.models import Notice, NoticeKind
from core.notices.queries import notices_of
from core.notices.streams import stream_of
from core.notices.wanted import only_listed
from core.people.models import Guardianship
from core.refusals import NotFoundError


@transaction.atomic
def read_notices(*, user_id: int, up_to: int) -> int:
    """Mark a person's notices up to a number as read; returns how many were unread."""
    unread = Notice.objects.filter(person_id=user_id, seq__lte=up_to, read_at=None)
    count = unread.update(read_at=clock.now())
    if count:
        publish(NoticesRead(centre_id=NO_CENTRE, person_id=user_id, up_to=up_to))
    return count


@transaction.atomic
def mark_notice(*, user_id: int, notice_id: int, is_read: bool) -> None:
    """Mark one of a person's notices as read or unread; NotFoundError when it is not theirs."""
    found = notices_of(user_id).filter(pk=notice_id)
    if not found.exists():
        raise NotFoundError("There is no such notice.")
    other = Notice.objects.filter(pk=notice_id, person_id=user_id, read_at__isnull=is_read)
    if other.update(read_at=clock.now() if is_read else None):
        marked = NoticeMarked(
            centre_id=NO_CENTRE, person_id=user_id, notice_id=notice_id, is_read=is_read
        )
        publish(marked)


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
    student_ids: tuple[int, ...] = ()  # about whom, where the person is told as their guardian


def tell(notes: Sequence[Note]) -> None:
    """Give each person a notice with the next number of their stream, in the present transaction.

    The browsers that follow the streams get it after the commit. Who is not to be called finds it
    in their list, read already, so that it is told and counts for nothing.
    """
    quiet = only_listed([(note.kind, note.person_id, note.student_ids) for note in notes])
    entries = [
        NewEntry(stream_of(note.person_id), "notice", _shown(note, is_quiet=each), note.event_id)
        for note, each in zip(notes, quiet, strict=True)
    ]
    at = clock.now()
    told = [
        asdict(note) | {"student_ids": list(note.student_ids), "read_at": at if each else None}
        for note, each in zip(notes, quiet, strict=True)
    ]
    Notice.objects.bulk_create(
        Notice(seq=seq, created_at=at, **each)
        for each, seq in zip(told, append(entries), strict=True)
    )
    _take_back_blocked(notes)


@dataclass(frozen=True, slots=True)
class TakenBack:
    """A notice that said too much, and what is left of it."""

    event_id: UUID
    person_id: int
    title: str


def take_back(taken: Iterable[TakenBack]) -> None:
    """Leave of notices only that there was one, in the present transaction.

    What they said is gone from the lists, and from the streams for who has not followed them yet;
    open pages read their lists anew.
    """
    titles = {(each.event_id, each.person_id): each.title for each in taken}
    told = Notice.objects.filter(
        event_id__in={event for event, _ in titles}, person_id__in={person for _, person in titles}
    )
    at = clock.now()
    found = [each for each in told if (each.event_id, each.person_id) in titles]
    for each in found:
        each.title, each.body, each.url = titles[each.event_id, each.person_id], "", "/"
        each.read_at = each.read_at or at
    Notice.objects.bulk_update(found, ["title", "body", "url", "read_at"])
    rewrite([(stream_of(each.person_id), each.seq, _left_of(each)) for each in found])
    append(
        [NewEntry(stream_of(each.person_id), "notice_taken_back", _left_of(each)) for each in found]
    )


def _left_of(notice: Notice) -> dict[str, Any]:
    return {
        "kind": notice.kind,
        "title": notice.title,
        "body": notice.body,
        "url": notice.url,
        "centre_id": str(notice.centre_id),
        "student_ids": [str(each) for each in notice.student_ids],
        "quiet": notice.is_quiet,
        "seq": notice.seq,
    }


def _take_back_blocked(notes: Sequence[Note]) -> None:
    """Empty the entries of those who were blocked while this transaction was under way.

    Who blocks now waits for the streams, which `append` has locked, and empties them too.
    """
    guardians = [note.person_id for note in notes if note.student_ids]
    if not guardians:
        return
    may = defaultdict(set)
    rows = Guardianship.objects.filter(guardian_id__in=guardians, custody_blocked=False)
    for centre, guardian, student in rows.values_list("centre_id", "guardian_id", "student_id"):
        may[centre, guardian].add(student)
    for note in notes:
        if note.student_ids and may[note.centre_id, note.person_id].isdisjoint(note.student_ids):
            about = {"student_ids": [str(each) for each in note.student_ids]}
            retract(stream_of(note.person_id), about | {"centre_id": str(note.centre_id)})


def _shown(note: Note, *, is_quiet: bool) -> dict[str, str | bool | list[str]]:
    return {
        "kind": note.kind,
        "title": note.title,
        "body": note.body,
        "url": note.url,
        "centre_id": str(note.centre_id),
        "student_ids": [str(each) for each in note.student_ids],
        "quiet": is_quiet,
    }
