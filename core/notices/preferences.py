"""How people hear of each kind: what they chose, for all and for each child."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any, Final

from django.db import transaction
from django.utils.translation import gettext_noop

from core.events.event import NO_CENTRE
from core.events.publish import publish
from core.isolation.scope import everywhere
from core.notices.events import NoticePreferencesChanged
from core.notices.kinds import MANDATORY, PER_CHILD
from core.notices.models import DigestChoice, DigestFrequency, NoticeKind, NoticePreference
from core.people.models import Guardianship, User
from core.refusals import InvalidError

ALWAYS: Final = gettext_noop(
    "is always mailed at once: it may concern access or a court's decision"
)
CALLS: Final = gettext_noop(
    "portal: it always calls you, for it may concern access or a court's decision"
)


@dataclass(frozen=True, slots=True)
class Way:
    """How a kind comes: by single mails, in the digest, or by no mail; and in the portal.

    The portal always lists it; where `portal` is true it also calls the person.
    """

    email: bool = True
    digest: bool = False
    portal: bool = True


BY_DEFAULT: Final = Way()


@dataclass(frozen=True, slots=True)
class Choice:
    """A choice for a kind; what is None stays as it is, a child's None goes with the general."""

    email: bool
    digest: bool | None = None
    portal: bool | None = None
    children: Mapping[int, "Choice | None"] | None = None


@dataclass(frozen=True, slots=True)
class Chosen:
    """What counts for a kind, and of children what was chosen apart."""

    way: Way
    children: Mapping[int, Way | None]


def children_of(user_id: int) -> list[User]:
    """The students of whom a person is guardian and may know, in all centres, by name."""
    with everywhere():  # their own children, whichever centre they act in
        wards = Guardianship.objects.filter(guardian_id=user_id, custody_blocked=False)
        ids = list(wards.values_list("student_id", flat=True))
    return list(User.objects.filter(pk__in=ids).order_by("name", "pk")) if ids else []


def preferences_of(user_id: int, children: Sequence[User]) -> dict[NoticeKind, Chosen]:
    """For every kind what counts; one query."""
    rows: dict[str, dict[int | None, Way]] = defaultdict(dict)
    for row in NoticePreference.objects.filter(person_id=user_id):
        rows[row.kind][row.student_id] = Way(row.email, row.digest, row.portal)
    return {
        kind: Chosen(
            BY_DEFAULT if kind in MANDATORY else rows[kind].get(None, BY_DEFAULT),
            {each.pk: rows[kind].get(each.pk) for each in children} if kind in PER_CHILD else {},
        )
        for kind in NoticeKind
    }


def frequency_of(user_id: int) -> DigestFrequency:
    """How often a person's digests come."""
    found = DigestChoice.objects.filter(pk=user_id).values_list("frequency", flat=True).first()
    return DigestFrequency(found or DigestFrequency.DAILY)


@transaction.atomic
def choose_preferences(*, user_id: int, chosen: Mapping[NoticeKind, Choice]) -> None:
    """Set what is given; InvalidError for what cannot be chosen, and then nothing is set."""
    children = children_of(user_id)
    now = preferences_of(user_id, children)
    own = {each.pk for each in children}
    for kind, choice in chosen.items():
        _check(kind, choice, own)
        general = _way(kind, choice, now[kind].way)
        _keep(user_id, kind, None, general)
        for student_id, theirs in (choice.children or {}).items():
            before = now[kind].children.get(student_id) or Way(portal=general.portal)
            way = _way(kind, theirs, before) if theirs else None
            _keep(user_id, kind, student_id, way)
    publish(NoticePreferencesChanged(centre_id=NO_CENTRE, person_id=user_id))


@transaction.atomic
def choose_frequency(*, user_id: int, frequency: DigestFrequency) -> None:
    """Set how often a person's digests come."""
    DigestChoice.objects.update_or_create(pk=user_id, defaults={"frequency": frequency})
    publish(NoticePreferencesChanged(centre_id=NO_CENTRE, person_id=user_id))


def _check(kind: NoticeKind, choice: Choice, own: set[int]) -> None:
    children = choice.children or {}
    if kind in MANDATORY and not (choice.email and not choice.digest and not children):
        raise InvalidError(kind, ALWAYS)
    if kind in MANDATORY and choice.portal is False:
        raise InvalidError(kind, CALLS)
    if children and kind not in PER_CHILD:
        raise InvalidError(kind, "is not about a child, so children have no choice of their own")
    if not own.issuperset(children):
        raise InvalidError(kind, "children must be students of whom you are guardian")


def _way(kind: NoticeKind, choice: Choice, before: Way) -> Way:
    """With what was not given as it was before."""
    if choice.digest and not choice.email:
        raise InvalidError(kind, "digest: a digest is mail, so email must be true")
    kept = before.digest if choice.digest is None else choice.digest
    portal = before.portal if choice.portal is None else choice.portal
    return Way(choice.email, choice.email and kept, portal)


def _keep(user_id: int, kind: NoticeKind, student_id: int | None, way: Way | None) -> None:
    about: dict[str, Any] = {"person_id": user_id, "kind": kind, "student_id": student_id}
    if way is None:
        NoticePreference.objects.filter(**about).delete()
        return
    chosen = asdict(way) | {"by_link": False}
    NoticePreference.objects.update_or_create(**about, defaults=chosen)
