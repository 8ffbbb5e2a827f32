"""What is told of events and deliveries."""

from datetime import datetime
from uuid import UUID

from core.http.bodies import Id, Told
from core.http.lists import Page
from core.trace.fates import Fate


class PersonTold(Told):
    """A person; operators see no names."""

    id: Id
    name: str | None


class EventTold(Told):
    """Something that happened."""

    id: UUID
    kind: str
    version: int
    occurred_at: datetime
    centre_id: Id
    subject: str
    actor: PersonTold | None
    request_id: str
    cause_id: UUID | None


class HandlerTold(Told):
    """What became of an event at one handler: `fate` of its start, `counts` of all by fate."""

    handler: str
    channel: str | None
    fate: Fate
    why: str
    counts: dict[str, int]


class MailTold(Told):
    """The mail of a delivery."""

    message_id: str
    state: str
    reply: str
    sent_at: datetime | None


class LongWorkTold(Told):
    """The job of a delivery."""

    id: UUID
    state: str
    stage: str
    progress: float


class DeliveryTold(Told):
    """One thing that followed, or why it did not."""

    id: Id
    handler: str
    channel: str | None
    recipient: PersonTold | None
    state: str
    fate: Fate
    why: str
    attempts: int
    finished_at: datetime | None
    next_attempt_at: datetime | None
    read_at: datetime | None
    mail: MailTold | None
    job: LongWorkTold | None


class TraceTold(Told):
    """An event, what led to it, and what followed."""

    event: EventTold
    causes: list[EventTold]
    effects: list[EventTold]
    has_more_effects: bool
    handlers: list[HandlerTold]
    deliveries: Page[DeliveryTold]


class WayTold(Told):
    """How a person was reached over one channel, or why not."""

    fate: Fate
    why: str
    at: datetime | None


class PersonReached(Told):
    """A person whom a homework concerns. `part` is empty for who has left meanwhile."""

    id: Id
    name: str
    part: str
    portal: WayTold | None
    email: WayTold | None


class HomeworkReach(Told):
    """Who was told of a homework's publication; `event_id` is null while it is a draft."""

    event_id: UUID | None
    handlers: list[HandlerTold]
    items: list[PersonReached]
    next: str | None
