"""Why a person was told something: in plain words, and only of what concerns themselves."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final
from uuid import UUID

from babel.dates import format_date
from django.utils.text import get_text_list
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from core.events.models import Delivery, EventRecord
from core.homework.audience import standing_of
from core.homework.models import Homework
from core.http.bodies import Id, Told, id_from
from core.isolation.scope import within_centre
from core.language import dates
from core.notices.kinds import UNWANTED
from core.notices.models import Notice, NoticeKind
from core.notices.queries import notices_of
from core.notices.quiet import REASON, until_of
from core.notices.wanted import BY_LINK, IN_DIGEST, OF_CHILD
from core.people.models import User
from core.refusals import NotFoundError
from core.rooms.models import Room
from core.submissions.audience import families_of
from core.submissions.models import Submission
from core.trace.fates import EMAIL, PORTAL, Fate, channel_of, fate_of, why_of


class WayWhy(Told):
    """How one was told over a channel, or why not."""

    channel: str
    fate: Fate | None
    at: datetime | None
    words: str


class NoticeWhy(Told):
    """Why one got a notice."""

    notice_id: Id
    event_id: UUID
    because: str
    what_happened: str
    ways: list[WayWhy]


@dataclass(frozen=True, slots=True)
class Cause:
    """What a notice goes back to."""

    notice: Notice
    event: EventRecord | None  # None when it is not kept any more
    who: str  # the name of who did it; '' for nobody known


def explain(notice_id: int, *, user_id: int) -> tuple[Notice, NoticeWhy]:
    """One of a person's own notices with its reasons; NotFoundError otherwise."""
    notice = notices_of(user_id).filter(pk=notice_id).select_related("centre").first()
    if notice is None:
        raise NotFoundError("There is no such notice.")
    with within_centre(notice.centre_id, person_id=user_id):
        event = EventRecord.objects.filter(pk=notice.event_id).first()
        cause = Cause(notice, event, _name_of(event.actor_id) if event else "")
        because, happened = _words_of(cause)
        return notice, NoticeWhy(
            notice_id=str(notice.pk),
            event_id=notice.event_id,
            because=because,
            what_happened=happened,
            ways=[_portal(notice), _email(notice, event)],
        )


def _name_of(user_id: int | None) -> str:
    found = User.objects.filter(pk=user_id).values_list("name", flat=True) if user_id else None
    return (found.first() if found is not None else None) or ""


def _words_of(cause: Cause) -> tuple[str, str]:
    """Why it concerns the person, and what happened."""
    what, _colon, ident = (cause.event.subject if cause.event else "").partition(":")
    if what in EXPLAINED and (found := EXPLAINED[what](cause, id_from(ident))):
        return found
    kind = cause.notice.kind
    because = _because(kind) if kind in NoticeKind.values else ""
    if cause.event is None:
        return because, _("Who did it is not kept any more.")
    who = cause.who or _("the portal")
    return because, _("It goes back to what %(who)s did: %(title)s") % {
        "who": who,
        "title": cause.notice.title,
    }


def _because(kind: str) -> str:
    """Why notices of a kind come, where no more is known."""
    words = {
        NoticeKind.HOMEWORK: _("You, or a child of yours, are in the class."),
        NoticeKind.SUBMISSION: _("You, or a child of yours, handed it in, or you teach the class."),
        NoticeKind.GRADE: _("It is the work of you or a child of yours."),
        NoticeKind.TICKET: _("You opened this ticket, or you see to tickets."),
        NoticeKind.REPORT: _("You asked for this report, review it, or it was released to you."),
        NoticeKind.IMPORT: _("You asked for this import."),
        NoticeKind.MENTION: _("You were mentioned by name in a message."),
        NoticeKind.ACCOUNT: _("It is about your own account, and everybody is told of that."),
        NoticeKind.CUSTODY: _("It is about your rights as a guardian."),
    }
    return words[NoticeKind(kind)]


def _of_homework(cause: Cause, homework_id: int | None) -> tuple[str, str] | None:
    found = Homework.objects.filter(pk=homework_id or 0).select_related("school_class", "author")
    homework = found.first()
    if homework is None or cause.event is None:
        return None
    names = {
        "who": cause.who or homework.author.name,
        "title": homework.title,
        "class": homework.school_class.name,
    }
    done = {
        "HomeworkPublished": _("%(who)s published “%(title)s” for %(class)s."),
        "HomeworkWithdrawn": _("%(who)s withdrew “%(title)s” for %(class)s."),
    }
    happened = done.get(cause.event.kind, _("%(who)s changed “%(title)s” for %(class)s."))
    return _because_of_class(homework, cause.notice.person_id), happened % names


def _because_of_class(homework: Homework, person_id: int) -> str:
    standing = standing_of([(homework.pk, person_id)])[homework.pk, person_id]
    names = {"class": homework.school_class.name}
    if standing.part == "student":
        return _("You attend %(class)s.") % names
    children = User.objects.filter(pk__in=standing.students).order_by("name")
    if not children:
        return _("It concerned you then; by now you have no child in %(class)s.") % names
    names["children"] = get_text_list([each.name for each in children], _("and"))
    return (
        ngettext(
            "You are guardian of %(children)s, who attends %(class)s.",
            "You are guardian of %(children)s, who attend %(class)s.",
            len(children),
        )
        % names
    )


def _of_submission(cause: Cause, submission_id: int | None) -> tuple[str, str] | None:
    found = Submission.objects.filter(pk=submission_id or 0)
    submission = found.select_related("homework__school_class", "student").first()
    if submission is None or cause.event is None:
        return None
    names = {
        "who": cause.who or _("Somebody"),
        "title": submission.homework.title,
        "class": submission.homework.school_class.name,
        "student": submission.student.name,
    }
    done = {
        "SubmissionHandedIn": _("%(who)s handed in “%(title)s”."),
        "SubmissionGraded": _("%(who)s graded “%(title)s”."),
        "SubmissionReturned": _("%(who)s gave “%(title)s” back for another try."),
    }
    happened = done.get(cause.event.kind, _("%(who)s changed “%(title)s” for %(class)s."))
    return _because_of_work(submission, cause.notice.person_id) % names, happened % names


def _because_of_work(submission: Submission, person_id: int) -> str:
    if person_id == submission.student_id:
        return _("It is your own work.")
    families = families_of([submission.student_id], centre_id=submission.centre_id)
    relative = families[submission.student_id].get(person_id)
    if relative is None:
        return _("You teach %(class)s.")
    if relative.why_not:
        return _("It concerned you then; by now you have no child in %(class)s.")
    return _("You are guardian of %(student)s, whose work it is.")


def _of_room(cause: Cause, room_id: int | None) -> tuple[str, str] | None:
    room = Room.objects.filter(pk=room_id or 0).first()
    if room is None:
        return None
    names = {"who": cause.who or _("Somebody"), "room": room.name}
    return _because(NoticeKind.MENTION), _("%(who)s wrote a message in %(room)s.") % names


# TABLE: by what an event is about (`homework:7`), who can say more than the kind of notice does.
EXPLAINED: Final[Mapping[str, Callable[[Cause, int | None], tuple[str, str] | None]]] = {
    "homework": _of_homework,
    "submission": _of_submission,
    "room": _of_room,
}


def _portal(notice: Notice) -> WayWhy:
    if notice.is_quiet:
        listed = _("Listed %(when)s without calling you, as you chose.")
        at = notice.created_at
        words = listed % {"when": _when(at, notice)}
        return WayWhy(channel=PORTAL, fate="told", at=at, words=words)
    words = _("Read %(when)s.") if notice.read_at else _("Told %(when)s, not read yet.")
    at = notice.read_at or notice.created_at
    return WayWhy(
        channel=PORTAL,
        fate="read" if notice.read_at else "told",
        at=at,
        words=words % {"when": _when(at, notice)},
    )


def _email(notice: Notice, event: EventRecord | None) -> WayWhy:
    """What became of the person's own mail about the event."""
    mails = Delivery.objects.filter(event_id=notice.event_id, key=str(notice.person_id))
    mail = next((each for each in mails if channel_of(each.handler) == EMAIL), None)
    if mail is None or event is None:
        return WayWhy(channel=EMAIL, fate=None, at=None, words=_("No mail goes with this."))
    fate = fate_of(mail.state, EMAIL)
    words = {
        "mailed": _("Sent %(when)s.") % {"when": _when(mail.finished_at, notice)},
        "waiting": _waits(why_of(event, mail), notice.centre.timezone),
        "skipped": _not_sent(mail.detail, notice),
    }
    said = words.get(fate, _("Not sent: it could not be delivered to your address."))
    return WayWhy(channel=EMAIL, fate=fate, at=mail.finished_at, words=said)


def _waits(why: str, zone: str) -> str:
    if not why.startswith(REASON):
        return _("It is about to be sent.")
    until = until_of(why)
    when = dates.shortly(until, zone) if until else why.removeprefix(REASON).strip()
    return _("It waits for the end of the quiet hours: %(until)s.") % {"until": when}


def _not_sent(why: str, notice: Notice) -> str:
    if why == IN_DIGEST:
        return _in_digest(notice.digest_on)
    if why == BY_LINK:
        return _("Not sent: you ended these mails by the link in one of them.")
    if why in {OF_CHILD, *UNWANTED.values()}:
        return _("Not sent: you switched it off.")
    return _("Not sent: %(why)s.") % {"why": _(why)}


def _in_digest(day: date | None) -> str:
    if day is None:
        return _("Not sent by itself: it comes in your next digest.")
    in_words = format_date(day, "long", locale=dates.spoken())
    return _("Not sent by itself: it is in your digest of %(day)s.") % {"day": in_words}


def _when(moment: datetime | None, notice: Notice) -> str:
    """By the centre's clocks: `Fri 27 Nov, 14:02`."""
    if moment is None:
        return ""
    return dates.brief(moment, notice.centre.timezone)
