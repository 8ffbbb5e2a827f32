"""Traces over HTTP."""

from uuid import UUID

from django.http import HttpRequest
from ninja import Query, Router

from core.events.models import Delivery
from core.http.lists import Wanted
from core.people.acting import acting
from core.people.signed_in import signed_in
from core.trace import queries, reached
from core.trace.bodies import HomeworkReach, TraceTold
from core.trace.recipients import Recipients, RecipientsWanted, event_of, recipients_of
from core.trace.telling import tell_trace
from core.trace.viewer import Viewer
from core.trace.why import NoticeWhy, explain

router = Router(tags=["trace"])


@router.get(
    "trace/{uuidstr:event_id}",
    response=TraceTold,
    operation_id="get_trace",
    summary="Trace of an event",
)
def get_trace(request: HttpRequest, event_id: UUID, wanted: Query[Wanted]) -> TraceTold:
    """What led to an event, and what followed: who was told, how, when, or why not.

    The id is that of `X-Schoolbell-Event` in a mail. For the centre's staff, and for the teacher
    who acted; operators see ids and states, but neither names nor addresses.
    """
    by = Viewer.of(request)
    return tell_trace(queries.event_for(event_id, by=by), wanted, by=by)


@router.get(
    "trace/deliveries/{int:delivery_id}",
    response=TraceTold,
    operation_id="get_trace_of_delivery",
    summary="Trace of a delivery",
)
def get_trace_of_delivery(
    request: HttpRequest, delivery_id: int, wanted: Query[Wanted]
) -> TraceTold:
    """The same for the event that a delivery follows (`X-Schoolbell-Delivery` in a mail)."""
    by = Viewer.of(request)
    found = Delivery.objects.filter(pk=delivery_id)
    return tell_trace(queries.event_behind(found, by=by), wanted, by=by)


@router.get(
    "trace/jobs/{uuidstr:job_id}",
    response=TraceTold,
    operation_id="get_trace_of_job",
    summary="Trace of a job",
)
def get_trace_of_job(request: HttpRequest, job_id: UUID, wanted: Query[Wanted]) -> TraceTold:
    """The same for the event that asked for a job."""
    by = Viewer.of(request)
    found = Delivery.objects.filter(job=job_id)
    return tell_trace(queries.event_behind(found, by=by), wanted, by=by)


@router.get(
    "trace/mails/{str:message_id}",
    response=TraceTold,
    operation_id="get_trace_of_mail",
    summary="Trace of a mail",
)
def get_trace_of_mail(request: HttpRequest, message_id: str, wanted: Query[Wanted]) -> TraceTold:
    """The same for the event that a mail tells of, by its `Message-ID`, with or without `<>`."""
    by = Viewer.of(request)
    found = Delivery.objects.filter(mail__message_id=f"<{message_id.strip('<>')}>")
    return tell_trace(queries.event_behind(found, by=by), wanted, by=by)


@router.get(
    "homework/{int:homework_id}/deliveries",
    response=HomeworkReach,
    operation_id="list_homework_deliveries",
    summary="Who was told of a homework",
)
def list_homework_deliveries(
    request: HttpRequest, homework_id: int, wanted: Query[Wanted]
) -> HomeworkReach:
    """Whom its publication concerned, by name: told how and when, or why not."""
    homework = reached.homework_for(homework_id, by=acting(request))
    return reached.reach_of(homework, wanted)


@router.get(
    "events/{uuidstr:event_id}/recipients",
    response=Recipients,
    operation_id="list_recipients",
    summary="Who was told of an event",
)
def list_recipients(
    request: HttpRequest, event_id: UUID, wanted: Query[RecipientsWanted]
) -> Recipients:
    """Whom an event concerned, by name: told how and when, or why not; with counts of all."""
    event = event_of(event_id, by=Viewer.of(request), actor=acting(request))
    return recipients_of(event, wanted)


@router.get(
    "notices/{int:notice_id}/why",
    response=NoticeWhy,
    operation_id="explain_notice",
    summary="Why one got a notice",
)
def explain_notice(request: HttpRequest, notice_id: int) -> NoticeWhy:
    """Why a notice concerns one, what happened, and how one was told, or why not."""
    return explain(notice_id, user_id=signed_in(request).pk)[1]
