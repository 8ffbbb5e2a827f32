"""What becomes of homework by the clock, and what of its notices when that was too soon."""

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from core.classes.events import ClassUnarchived
from core.events.models import Delivery, DeliveryState
from core.homework.actions import publish_scheduled, unschedule_missed
from core.homework.events import HomeworkRecalled, HomeworkScheduled
from core.notices.actions import TakenBack, take_back
from tasks.handler import Batch, Recipients, on
from tasks.notices.homework import notify_class
from tasks.notices.speaking import in_their_languages

RESCHEDULED = gettext_noop("no longer scheduled for this time")


@on(HomeworkScheduled, batch=10)
def publish_on_time(batch: Batch[HomeworkScheduled]) -> None:
    """Publish what is still scheduled for this time."""
    for each in batch.claimed:
        stands = publish_scheduled(
            homework_id=each.event.homework_id, publish_at=each.event.publish_at
        )
        if not stands:
            batch.skip(each, RESCHEDULED)


@on(ClassUnarchived)
def return_missed_to_drafts(batch: Batch[ClassUnarchived]) -> None:
    """Make drafts of what should have been published while the class was archived."""
    for each in batch.claimed:
        unschedule_missed(class_id=each.event.class_id)


def told_too_soon(event: HomeworkRecalled) -> Recipients:
    """Those whom the recalled publication has reached."""
    told = Delivery.objects.filter(
        event_id=event.publication_id, handler=notify_class.name, state=DeliveryState.DONE
    ).exclude(key="")
    return [(key, "") for key in told.values_list("key", flat=True)]


@on(HomeworkRecalled, to=told_too_soon, batch=500)
def take_back_notices(batch: Batch[HomeworkRecalled]) -> None:
    """Leave of each notice that there was one."""
    take_back(
        TakenBack(
            each.event.publication_id,
            int(each.key),
            _("A homework was taken back by its teacher"),
        )
        for each in in_their_languages(batch.claimed, batch.claimed[0].centre_id)
    )
