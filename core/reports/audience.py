"""Whom a report concerns at each step, and why somebody is not told."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from django.utils.translation import gettext_noop

from core.classes.models import Teaching
from core.people.models import Membership, Role
from core.reports.events import (
    ReportApproved,
    ReportChangesAsked,
    ReportEvent,
    ReportFailed,
    ReportOutdated,
    ReportReady,
    ReportReleased,
    ReportSubmitted,
)
from core.reports.kind import Audience
from core.reports.models import (
    OFFICE,
    REVIEWING,
    Report,
    ReportAsker,
    ReportCard,
    ReportRecipient,
    ReportVersion,
)
from core.reports.transitions import TRANSITIONS
from core.submissions.audience import INACTIVE, families_of, present_of

Telling = (
    ReportReady
    | ReportFailed
    | ReportSubmitted
    | ReportApproved
    | ReportChangesAsked
    | ReportOutdated
    | ReportReleased
)

MOVED_ON: Final = gettext_noop("the report has moved on since")
NO_AUDIENCE: Final = gettext_noop("the report does not concern them any more")


@dataclass(frozen=True, slots=True)
class Concerned:
    """Somebody whom a report concerns; `card` where it is one pupil's alone."""

    person_id: int
    card: ReportCard | None = None
    why_not: str = ""


def moot(report: Report, event: ReportEvent) -> str:
    """Why a step is not worth telling any more, or ''."""
    after = next(each.after for each in TRANSITIONS if isinstance(event, each.event))
    return "" if (report.number, report.state) == (event.number, after) else MOVED_ON


def concerned_by(report: Report, event: ReportEvent) -> list[Concerned]:
    """Everyone whom a step concerns, with why some are not told."""
    if isinstance(event, ReportSubmitted):
        return list(reviewers_of(report))
    if isinstance(event, ReportReleased):
        version = ReportVersion.objects.get(report=report, number=event.number)
        return list(addressees_of(report, version, report.audience))
    people = sorted(askers_of(report))
    present = present_of(people, report.centre_id)
    return [Concerned(pk, why_not="" if pk in present else INACTIVE) for pk in people]


def still_concerned(
    report: Report, event: ReportEvent, people: Iterable[int]
) -> dict[int, list[Concerned]]:
    """The same for some people as things are now; what was released goes by who got it then."""
    wanted = set(people)
    if isinstance(event, ReportReleased):
        return by_person(_still_addressed(report, event.number, wanted))
    return by_person(each for each in concerned_by(report, event) if each.person_id in wanted)


def _still_addressed(report: Report, number: int, people: set[int]) -> Iterator[Concerned]:
    got = list(
        ReportRecipient.objects.filter(
            version__report=report, version__number=number, person__in=people
        ).select_related("card")
    )
    students = {each.card.student_id for each in got if each.card}
    families = families_of(students, centre_id=report.centre_id)
    present = present_of(people, report.centre_id)
    for each in got:
        why_not = "" if each.person_id in present else INACTIVE
        if each.card:
            relative = families[each.card.student_id].get(each.person_id)
            why_not = relative.why_not if relative else NO_AUDIENCE
        yield Concerned(each.person_id, each.card, why_not)


def by_person(people: Iterable[Concerned]) -> dict[int, list[Concerned]]:
    """Each person with all that concerns them: a guardian of three has three cards."""
    found: dict[int, list[Concerned]] = defaultdict(list)
    for each in people:
        found[each.person_id].append(each)
    return found


def why_not_told(mine: Sequence[Concerned]) -> str:
    """Why a person is not told at all, or ''."""
    if not mine:
        return NO_AUDIENCE
    return "" if any(not each.why_not for each in mine) else mine[0].why_not


def askers_of(report: Report) -> set[int]:
    """Who has asked for it."""
    return set(ReportAsker.objects.filter(report=report).values_list("person_id", flat=True))


def reviewers_of(report: Report) -> Iterator[Concerned]:
    """Who may review it."""
    askers = askers_of(report)
    for person_id in sorted(_members(report.centre_id, REVIEWING)):
        if person_id not in askers:
            yield Concerned(person_id)


def addressees_of(
    report: Report, version: ReportVersion, audiences: Iterable[str]
) -> Iterator[Concerned]:
    """To whom a version goes when it is released now: what a family may not know is left out."""
    wanted = set(audiences)
    if Audience.STAFF in wanted:
        yield from (Concerned(each) for each in sorted(_staff_of(report)))
    if wanted.isdisjoint({Audience.GUARDIANS, Audience.PUPILS}):
        return
    cards = {card.student_id: card for card in version.cards.order_by("place")}
    families = families_of(cards, centre_id=report.centre_id)
    for student_id, card in cards.items():
        for relative in families[student_id].values():
            part = Audience.PUPILS if relative.part == "student" else Audience.GUARDIANS
            if part in wanted:
                yield Concerned(relative.person_id, card, relative.why_not)


def _staff_of(report: Report) -> set[int]:
    """The office, and the teachers of the classes that it is about."""
    teachings = Teaching.objects.filter(
        centre_id=report.centre_id, school_class__in=report.params.get("classes", [])
    )
    teachers = set(teachings.values_list("teacher_id", flat=True))
    teaching = _members(report.centre_id, [Role.TEACHER]) & teachers
    return _members(report.centre_id, OFFICE) | teaching


def _members(centre_id: int, roles: Iterable[Role]) -> set[int]:
    members = Membership.objects.filter(
        centre_id=centre_id, is_active=True, user__is_active=True, roles__overlap=list(roles)
    )
    return set(members.values_list("user_id", flat=True))
