"""TABLE: what routes name by id, so that reaching for another centre's things is written down."""

from typing import Final

from django.db import models
from django.http import HttpRequest

from core.audit.actions import record
from core.classes.models import SchoolClass
from core.events.event import NO_CENTRE
from core.events.models import Delivery, EventRecord
from core.files.models import File
from core.homework.models import Homework
from core.isolation.scope import everywhere
from core.people.acting import HEADER
from core.people.actor import Actor
from core.tickets.models import Ticket, TicketCategory

THINGS: Final[dict[str, type[models.Model]]] = {
    "class_id": SchoolClass,
    "homework_id": Homework,
    # tickets
    "ticket_id": Ticket,
    "category_id": TicketCategory,
    "file_id": File,
    "event_id": EventRecord,
    "delivery_id": Delivery,
}


def note_trespass(request: HttpRequest, actor: Actor | None) -> None:
    """Write down that somebody asked for a thing which another centre has.

    The answer is the same as for a thing that is nowhere. For requests that were answered 404.
    """
    match = request.resolver_match
    if match is None or actor is None:
        return
    for name, ident in match.kwargs.items():
        if name in THINGS and _is_elsewhere(THINGS[name], ident, actor):
            record(
                "centre.refused",
                centre_id=actor.centre_id,
                by=actor.user_id,
                subject=f"{name.removesuffix('_id')}:{ident}",
                detail={"method": request.method, "route": match.route},
            )


def note_wrong_centre(request: HttpRequest) -> None:
    """Write down that somebody named a centre which is not theirs."""
    record(
        "centre.refused",
        centre_id=NO_CENTRE,
        by=request.user.pk,
        subject=f"centre:{request.headers.get(HEADER, '')}"[:100],
        detail={"method": request.method, "path": request.path[:200]},
    )


def _is_elsewhere(model: type[models.Model], ident: object, actor: Actor) -> bool:
    with everywhere():
        found = model._default_manager.filter(pk=ident)  # noqa: SLF001 - its public name
        return found.exclude(centre_id__in=[actor.centre_id, NO_CENTRE]).exists()
