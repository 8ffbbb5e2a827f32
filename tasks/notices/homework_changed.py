"""What people are told in the portal of a change to homework that they know."""

from collections.abc import Iterable
from typing import Final

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from core.events.claims import Claimed
from core.events.models import Delivery, DeliveryState
from core.homework.actions import settle_changes
from core.homework.audience import Concerned, standing_of
from core.homework.events import HomeworkChanged, HomeworkChangesNoted
from core.homework.models import Homework
from core.homework.queries import hold_homework
from core.language.dates import full
from core.notices.actions import Note, tell
from core.notices.models import NoticeKind
from tasks.handler import Batch, Recipients, kept, on
from tasks.notices.homework import notify_class
from tasks.notices.speaking import in_their_languages

NOTHING_NEW: Final = gettext_noop("nothing is other than was told")


@on(HomeworkChangesNoted, batch=10)
def settle(batch: Batch[HomeworkChangesNoted]) -> None:
    """Have the changes told that have come together."""
    for each in batch.claimed:
        if not settle_changes(homework_id=each.event.homework_id):
            batch.skip(each, NOTHING_NEW)


def told_of(homework_id: int) -> list[str]:
    """Keys of those whom the publication that stands has reached."""
    publication = Homework.objects.filter(pk=homework_id).values("publication_id")
    told = Delivery.objects.filter(
        event_id__in=publication, handler=notify_class.name, state=DeliveryState.DONE
    ).exclude(key="")
    return list(told.values_list("key", flat=True))


def told_before(event: HomeworkChanged) -> Recipients:
    """Only those who know the homework as it was; the others get it as it is."""
    return [(key, "") for key in told_of(event.homework_id)]


@on(HomeworkChanged, to=told_before, batch=500)
def notify_changed(batch: Batch[HomeworkChanged]) -> None:
    """Tell each what has changed, if they may still know."""
    ids = {each.event.homework_id for each in batch.claimed}
    hold_homework(ids)
    found = Homework.objects.select_related("school_class", "centre").in_bulk(ids)
    standing = skip_who_may_not(batch, found.values())
    tell(
        [
            _note(found[each.event.homework_id], each, standing[each.id].students)
            for each in in_their_languages(kept(batch), batch.claimed[0].centre_id)
        ]
    )


def skip_who_may_not(
    batch: Batch[HomeworkChanged], homework: Iterable[Homework]
) -> dict[int, Concerned]:
    """Skip those who left or may not know any more, and all of what was taken back.

    Returns how each stands to the homework, by delivery.
    """
    gone = {each.pk: each.why_not_told(each.publication_id) for each in homework}
    pairs = {each.id: (each.event.homework_id, int(each.key)) for each in batch.claimed}
    standing = standing_of(pairs.values())
    for each in batch.claimed:
        if why_not := gone[each.event.homework_id] or standing[pairs[each.id]].why_not:
            batch.skip(each, why_not)
    return {each: standing[pair] for each, pair in pairs.items()}


def headline(homework: Homework, changed: tuple[str, ...]) -> str:
    """What has changed, in one line."""
    if "due_at" in changed:
        due_at = full(homework.due_at, homework.centre.timezone)
        return _("Due date moved to %(when)s: %(title)s") % {
            "when": due_at,
            "title": homework.title,
        }
    return _("Homework changed: %(title)s") % {"title": homework.title}


def _note(
    homework: Homework, delivery: Claimed[HomeworkChanged], students: tuple[int, ...]
) -> Note:
    return Note(
        person_id=int(delivery.key),
        centre_id=homework.centre_id,
        event_id=delivery.event_id,
        kind=NoticeKind.HOMEWORK,
        title=headline(homework, delivery.event.changed),
        body=f"{homework.school_class.name}: {homework.body}"[:500],
        url=f"/homework/{homework.pk}",
        student_ids=students,
    )
