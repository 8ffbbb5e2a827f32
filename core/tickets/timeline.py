"""A ticket's history as people read it: what was said and what was done, in order."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.utils.translation import gettext as _

from core.files.attachments import files_of_many
from core.files.models import File
from core.people.actor import Actor
from core.tickets import queries, subjects
from core.tickets.models import Priority, Ticket, TicketStep, What

MOST: Final = 200  # steps on one page, the latest


@dataclass(frozen=True, slots=True)
class Moment:
    """One step in words; `said` is '' where nothing was said."""

    step_id: int
    at: datetime
    sentence: str
    said: str
    is_internal: bool
    is_own: bool
    files: list[File]


@dataclass(frozen=True, slots=True)
class Timeline:
    """The latest moments, oldest first, and whether there were others before them."""

    moments: list[Moment]
    has_earlier: bool


def timeline_of(ticket: Ticket, *, by: Actor) -> Timeline:
    """What the actor may know of the ticket's history; two queries."""
    latest = list(queries.steps_of(ticket, by=by).order_by("-pk")[: MOST + 1])
    shown = latest[:MOST][::-1]
    files = files_of_many([_subject(each) for each in shown])
    moments = [_moment(ticket, each, by, files[_subject(each)]) for each in shown]
    return Timeline(moments=moments, has_earlier=len(latest) > MOST)


def _subject(step: TicketStep) -> str:
    """What the files that came with a step belong to; '' for nothing."""
    if step.comment_id:
        return subjects.of_comment(step.comment_id)
    return subjects.of_ticket(step.ticket_id) if step.what == What.OPENED else ""


def _moment(ticket: Ticket, step: TicketStep, by: Actor, files: list[File]) -> Moment:
    said = ticket.body if step.what == What.OPENED else ""
    return Moment(
        step_id=step.pk,
        at=step.at,
        sentence=_sentence(step),
        said=step.comment.body if step.comment else said,
        is_internal=step.internal,
        is_own=step.by_id == by.user_id,
        files=files,
    )


def _sentence(step: TicketStep) -> str:
    named = {"name": step.by.name, "assignee": (step.detail.get("assignee") or [""])[-1]}
    if step.what == What.CHANGED:
        return " ".join([_("%(name)s changed this.") % named, *_changes(step.detail)])
    return _words(step) % named


def _words(step: TicketStep) -> str:
    if step.what == What.ASSIGNED:
        if step.detail["assignee"][-1] == step.by.name:
            return _("%(name)s looks after this now.")
        return _("%(name)s asked %(assignee)s to look after this.")
    return {
        What.OPENED.value: _("%(name)s opened this ticket."),
        What.RELEASED.value: _("%(name)s gave this back to the desk."),
        What.COMMENTED.value: _("%(name)s wrote:"),
        What.NOTED.value: _("%(name)s noted, for staff only:"),
        What.RESOLVED.value: _("%(name)s resolved this."),
        What.REOPENED.value: _("%(name)s opened this again."),
    }[step.what]


def _changes(detail: dict[str, list[str]]) -> list[str]:
    """What became of each thing that was changed."""
    told = []
    if "subject" in detail:
        told.append(_("Subject: “%(subject)s”.") % {"subject": detail["subject"][-1]})
    if "category" in detail:
        told.append(_("Category: %(category)s.") % {"category": detail["category"][-1]})
    if "priority" in detail:
        told.append(_("Priority: %(priority)s.") % {"priority": _label(detail["priority"][-1])})
    return told


def _label(priority: str) -> str:
    return str(Priority(priority).label)
