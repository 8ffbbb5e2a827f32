"""Notices that a digest is to list: which of them still hold, and whom they are about."""

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from core.events.models import EventRecord
from core.homework.audience import standing_of
from core.homework.events import HomeworkPublished
from core.homework.models import Homework, HomeworkState
from core.http.bodies import id_from
from core.notices.models import Notice
from core.rooms.audience import scene_of
from core.rooms.events import MessagePosted
from core.submissions.audience import families_of
from core.submissions.models import Submission
from core.submissions.queries import latest_reviews


@dataclass(frozen=True, slots=True)
class Told:
    """A notice, and what its event says."""

    notice: Notice
    kind: str
    payload: dict[str, Any]
    thing_id: int  # 7 where the event is about `homework:7`


# By notice that holds, the students it is about for a guardian; () is what is for oneself.
About = dict[int, tuple[int, ...]]
Recheck = Callable[[int, Sequence[Told]], About]


def still_told(person_id: int, notices: Sequence[Notice]) -> About:
    """The notices that still hold; a handful of queries, however many they are."""
    events = EventRecord.objects.in_bulk(each.event_id for each in notices)
    groups: dict[str, list[Told]] = defaultdict(list)
    for each in notices:
        event = events.get(each.event_id)
        what, _colon, ident = event.subject.partition(":") if event else ("", "", "")
        kind, payload = (event.kind, event.payload) if event else ("", {})
        groups[what].append(Told(each, kind, payload, id_from(ident) or 0))
    found: About = {}
    for what, group in groups.items():
        found |= RECHECKS.get(what, as_it_was)(person_id, group)
    return found


def as_it_was(_person_id: int, group: Sequence[Told]) -> About:
    """What nobody can take back."""
    return {each.notice.pk: () for each in group}


def of_homework(person_id: int, group: Sequence[Told]) -> About:
    """Homework that is still published, and that the person may still know of."""
    homework = Homework.objects.filter(state=HomeworkState.PUBLISHED).in_bulk(
        {each.thing_id for each in group}
    )
    standing = standing_of((each, person_id) for each in homework)
    return {
        each.notice.pk: standing[each.thing_id, person_id].students
        for each in group
        if each.thing_id in homework
        and not is_recalled(each, homework[each.thing_id])
        and not standing[each.thing_id, person_id].why_not
    }


def is_recalled(told: Told, homework: Homework) -> bool:
    """Whether it tells of a publication that was taken back, and another stands by now."""
    stands = homework.publication_id in {None, told.notice.event_id}
    return told.kind == HomeworkPublished.kind() and not stands


def of_submission(person_id: int, group: Sequence[Told]) -> About:
    """Work whose homework is published, to who may know, as its teacher last looked at it."""
    rows = Submission.objects.filter(homework__state=HomeworkState.PUBLISHED)
    work = rows.in_bulk({each.thing_id for each in group})
    latest = latest_reviews(work)
    centre_id = group[0].notice.centre_id
    families = families_of((each.student_id for each in work.values()), centre_id=centre_id)
    found: About = {}
    for each in group:
        submission = work.get(each.thing_id)
        if submission is None or is_outdated(each, latest):
            continue
        relative = families[submission.student_id].get(person_id)
        if relative and not relative.why_not:
            is_guardian = relative.part == "guardian"
            found[each.notice.pk] = (submission.student_id,) if is_guardian else ()
    return found


def is_outdated(told: Told, latest: Mapping[int, Any]) -> bool:
    """Whether its teacher has looked at it again since."""
    review_id = told.payload.get("review_id")
    newest = latest.get(told.thing_id)
    return review_id is not None and newest is not None and newest.pk != review_id


def of_room(person_id: int, group: Sequence[Told]) -> About:
    """Mentions in messages that are still there, of who still reads them: told for oneself."""
    events = {
        each.notice.pk: MessagePosted.model_validate(each.payload)
        for each in group
        if each.kind == MessagePosted.kind()
    }
    scene = scene_of(events.values(), [person_id])
    return {pk: () for pk, event in events.items() if not scene.why_not(event, person_id)}


# TABLE: by what an event is about, how its notices are asked for again before a digest lists them.
# What is not here is listed as it was told.
RECHECKS: Final[Mapping[str, Recheck]] = {
    "homework": of_homework,
    "submission": of_submission,
    "room": of_room,
}
