"""Who was told of any event: for staff, with counts, filters, and as a table to take along."""

import csv
from collections.abc import Iterator
from datetime import datetime, timedelta
from io import StringIO
from typing import Annotated, Final, Literal
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db.models.functions import Now
from django.utils.translation import gettext as _
from pydantic import Field

from core.audit.actions import record
from core.events.models import Delivery, DeliveryState, EventRecord
from core.http.bodies import Told, id_from
from core.http.lists import LONGEST, Wanted
from core.notices.quiet import REASON
from core.people.actor import Actor
from core.people.models import Centre
from core.refusals import NotAllowedError, NotFoundError
from core.trace.bodies import HandlerTold, PersonReached, WayTold
from core.trace.fates import Fate, in_words
from core.trace.reached import OPEN, homework_for, people_reached
from core.trace.telling import tell_handlers
from core.trace.viewer import Viewer

SOON: Final = timedelta(minutes=1)
RISKY: Final = tuple("=+-@|\t\r\n\uff1d\uff0b\uff0d\uff20")  # the last are the full-width forms
Channel = Literal["portal", "email"]


class RecipientsWanted(Wanted):
    """Which of an event's recipients are asked for."""

    fate: Annotated[Fate | None, Field(description="only who met this fate")] = None
    channel: Annotated[Channel | None, Field(description="over this channel")] = None


class Recipients(Told):
    """Whom an event concerned. `open` deliveries are not final yet; `held` wait for quiet hours."""

    event_id: UUID
    kind: str
    occurred_at: datetime
    handlers: list[HandlerTold]
    open: int
    held: int
    items: list[PersonReached]
    next: str | None


def event_of(event_id: UUID, *, by: Viewer, actor: Actor) -> EventRecord:
    """An event of the actor's centre of which they may see who was told; else NotFoundError.

    The centre's staff, who acted as a teacher, and for homework the class's teachers.
    """
    event = EventRecord.objects.filter(pk=event_id, centre_id=actor.centre_id).first()
    if event is None or not (by.knows(event) or _oversees(event, actor)):
        raise NotFoundError("There is no such event.")
    return event


def _oversees(event: EventRecord, actor: Actor) -> bool:
    """Whether the actor teaches the class of the homework that the event is about."""
    what, _colon, ident = event.subject.partition(":")
    if what != "homework":
        return False
    try:
        homework_for(id_from(ident) or 0, by=actor)
    except (NotAllowedError, NotFoundError):
        return False
    return True


def recipients_of(event: EventRecord, wanted: RecipientsWanted) -> Recipients:
    """A part of an event's recipients, with the counts of all; a dozen queries at most."""
    page = people_reached(event, wanted, wanted.fate, wanted.channel)
    waiting = Delivery.objects.filter(event=event, state__in=OPEN)
    return Recipients(
        event_id=event.pk,
        kind=event.kind,
        occurred_at=event.occurred_at,
        handlers=[each for each in tell_handlers(event, is_full=True) if each.channel],
        open=waiting.count(),
        held=waiting.filter(state=DeliveryState.PENDING, detail__startswith=REASON).count(),
        items=page.items,
        next=page.next,
    )


def is_moving(event: EventRecord) -> bool:
    """Whether something of it is about to change, so that to look again soon is worth while."""
    soon = Delivery.objects.filter(event=event, state__in=OPEN, due_at__lt=Now() + SOON)
    return soon.exists()


def as_csv(event: EventRecord, wanted: RecipientsWanted, *, by: Actor) -> Iterator[str]:
    """All that are asked for as lines of a table, times by the centre's clocks; audited."""
    record(
        "recipients.exported",
        centre_id=event.centre_id,
        by=by.user_id,
        subject=f"event:{event.pk}",
        detail={"fate": wanted.fate, "channel": wanted.channel},
    )
    zone = ZoneInfo(Centre.objects.get(pk=event.centre_id).timezone)
    portal = [_("Portal"), _("Portal: when"), _("Portal: why")]
    email = [_("Email"), _("Email: when"), _("Email: why")]
    yield _line([_("Name"), _("Part"), *portal, *email])
    cursor: str | None = None
    while True:
        part = wanted.model_copy(update={"limit": LONGEST, "cursor": cursor})
        page = people_reached(event, part, wanted.fate, wanted.channel)
        for each in page.items:
            yield _line(
                [each.name, each.part, *_cells(each.portal, zone), *_cells(each.email, zone)]
            )
        cursor = page.next
        if cursor is None:
            return


def _cells(way: WayTold | None, zone: ZoneInfo) -> tuple[str, str, str]:
    if way is None:
        return "waiting", "", ""
    at = f"{way.at.astimezone(zone):%Y-%m-%d %H:%M:%S}" if way.at else ""
    return way.fate, at, in_words(way.why, zone.key)


def _line(cells: list[str]) -> str:
    written = StringIO()
    csv.writer(written).writerow([harmless(each) for each in cells])
    return written.getvalue()


def harmless(cell: str) -> str:
    """The cell so that no spreadsheet takes it for a formula (OWASP, CSV Injection)."""
    return f"'{cell}" if cell.lstrip(" ").startswith(RISKY) else cell
