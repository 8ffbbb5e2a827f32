"""All that reads centres and people. Another centre's people do not exist here."""

from collections.abc import Iterable

from django.contrib.postgres.aggregates import BoolOr
from django.db.models import Prefetch, Q, QuerySet

from core import clock
from core.isolation.scope import everywhere
from core.people.actor import Actor
from core.people.models import (
    EmailChange,
    Guardianship,
    Invitation,
    InvitationState,
    Membership,
    Role,
    User,
)
from core.people.tokens import hash_of
from core.refusals import NotFoundError


def memberships_of(user: User) -> list[Membership]:
    """A user's memberships with user and centre, in the centres' order of making.

    Those that were ended are not among them.
    """
    active = user.memberships.filter(is_active=True)
    return list(active.select_related("centre").order_by("centre_id"))


def has_ended(user_ids: Iterable[int]) -> set[int]:
    """Those of the people who belonged to centres and may act in none of them any more.

    Not among them are those who run or watch the system, and whom no centre has taken in yet.
    """
    with everywhere():
        found = Membership.objects.filter(
            user_id__in=user_ids, user__is_operator=False, user__is_viewer=False
        )
        states = found.values("user_id").annotate(acts=BoolOr("is_active"))
        return set(states.filter(acts=False).values_list("user_id", flat=True))


def ended_among(user_ids: Iterable[int], *, centre_id: int) -> set[int]:
    """Those of the people who may not act in the centre any more."""
    ended = Membership.objects.filter(centre_id=centre_id, user_id__in=user_ids, is_active=False)
    return set(ended.values_list("user_id", flat=True))


def members_of(by: Actor, *, role: Role | None = None, words: str = "") -> QuerySet[Membership]:
    """The people of the actor's centre, also those who were deactivated; `words` as in a search."""
    found = Membership.objects.filter(centre_id=by.centre_id).select_related("user")
    if role is not None:
        found = found.filter(roles__contains=[role])
    for word in words.split():
        found = found.filter(Q(user__name__icontains=word) | Q(user__email__icontains=word))
    return found


def people_of(by: Actor, *, role: Role | None = None, words: str = "") -> QuerySet[User]:
    """The same as people; each with `here`, a list of their membership in the centre."""
    members = members_of(by, role=role, words=words)
    own = Membership.objects.filter(centre_id=by.centre_id)
    return User.objects.filter(pk__in=members.values("user_id")).prefetch_related(
        Prefetch("memberships", queryset=own, to_attr="here")
    )


def get_member(person_id: int, *, by: Actor) -> Membership:
    """One of `members_of`; NotFoundError otherwise."""
    found = members_of(by).filter(user_id=person_id).first()
    if found is None:
        raise NotFoundError("There is no such person.")
    return found


def guardianships_of(
    by: Actor, *, student_id: int | None = None, guardian_id: int | None = None
) -> QuerySet[Guardianship]:
    """Who is guardian of whom in the actor's centre."""
    found = Guardianship.objects.filter(centre_id=by.centre_id)
    if student_id is not None:
        found = found.filter(student_id=student_id)
    if guardian_id is not None:
        found = found.filter(guardian_id=guardian_id)
    return found.select_related("guardian", "student")


def get_guardianship(guardianship_id: int, *, by: Actor) -> Guardianship:
    """One of `guardianships_of`; NotFoundError otherwise."""
    found = guardianships_of(by).filter(pk=guardianship_id).first()
    if found is None:
        raise NotFoundError("There is no such guardianship.")
    return found


def wards_of(by: Actor) -> QuerySet[Guardianship]:
    """The guardianships of the actor in which they may know about the student."""
    return Guardianship.objects.filter(
        centre_id=by.centre_id, guardian_id=by.user_id, custody_blocked=False
    )


def invitations_of(by: Actor) -> QuerySet[Invitation]:
    """The invitations of the actor's centre."""
    return Invitation.objects.filter(centre_id=by.centre_id).select_related("invited_by")


def in_state(invitations: QuerySet[Invitation], state: InvitationState) -> QuerySet[Invitation]:
    """Those that stand so at this moment."""
    now = clock.now()
    waiting = Q(accepted_at=None, revoked_at=None)
    conditions = {
        InvitationState.ACCEPTED: Q(accepted_at__isnull=False),
        InvitationState.REVOKED: Q(accepted_at=None, revoked_at__isnull=False),
        InvitationState.EXPIRED: waiting & Q(expires_at__lte=now),
        InvitationState.OPEN: waiting & Q(expires_at__gt=now),
    }
    return invitations.filter(conditions[state])


def open_invitations(by: Actor) -> QuerySet[Invitation]:
    """Those that were neither accepted nor revoked; some may have expired."""
    return invitations_of(by).filter(accepted_at=None, revoked_at=None)


def get_invitation(invitation_id: int, *, by: Actor) -> Invitation:
    """One of `invitations_of`; NotFoundError otherwise."""
    found = invitations_of(by).filter(pk=invitation_id).first()
    if found is None:
        raise NotFoundError("There is no such invitation.")
    return found


def invitation_behind(token: str) -> Invitation | None:
    """The invitation whose link carries the token, in whatever centre; None when it leads nowhere.

    Whoever has the link is nobody's member yet, and sees this one invitation alone.
    """
    with everywhere():
        found = Invitation.objects.filter(
            token_hash=hash_of(token), accepted_at=None, revoked_at=None
        )
        return found.filter(expires_at__gt=clock.now()).select_related("centre").first()


def account_of(email: str) -> User | None:
    """The account with this address, in whatever centre."""
    return User.objects.filter(email=email.strip().lower()).first()


def email_change_behind(token: str) -> EmailChange | None:
    """The change of address whose link carries the token; None when it leads nowhere."""
    found = EmailChange.objects.filter(token_hash=hash_of(token), expires_at__gt=clock.now())
    return found.select_related("person").first()
