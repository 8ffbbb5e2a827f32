"""Who one is."""

from collections.abc import Iterable
from typing import Self

from django.http import HttpRequest
from django.middleware.csrf import get_token
from ninja import Router

from core.http.bodies import Id, Told
from core.people.acting import own_memberships
from core.people.models import Centre, Membership, Role, User
from core.people.signed_in import signed_in

router = Router(tags=["people"])


class CsrfToken(Told):
    """The token that unsafe requests send as `X-CSRFToken`."""

    csrf_token: str


class CentreTold(Told):
    """A centre, as its members see it."""

    id: Id
    slug: str
    name: str
    timezone: str

    @classmethod
    def of(cls, centre: Centre) -> Self:
        """The centre in words."""
        return cls(id=str(centre.pk), slug=centre.slug, name=centre.name, timezone=centre.timezone)


class MembershipTold(Told):
    """What one is in a centre."""

    centre: CentreTold
    roles: list[Role]

    @classmethod
    def of(cls, membership: Membership) -> Self:
        """The membership in words."""
        roles = [Role(role) for role in membership.roles]
        return cls(centre=CentreTold.of(membership.centre), roles=roles)


class Me(Told):
    """The person who is signed in."""

    id: Id
    email: str
    name: str
    is_operator: bool
    is_viewer: bool
    memberships: list[MembershipTold]

    @classmethod
    def of(cls, user: User, memberships: Iterable[Membership]) -> Self:
        """The person in words, with what they are in which centre."""
        return cls(
            id=str(user.pk),
            email=user.email,
            name=user.name,
            is_operator=user.is_operator,
            is_viewer=user.is_viewer,
            memberships=[MembershipTold.of(each) for each in memberships],
        )


@router.get(
    "csrf/", auth=None, response=CsrfToken, operation_id="get_csrf_token", summary="CSRF token"
)
def csrf(request: HttpRequest) -> CsrfToken:
    """Gives the token that unsafe requests must send as `X-CSRFToken`, and sets its cookie."""
    return CsrfToken(csrf_token=get_token(request))


@router.get("me", response=Me, operation_id="get_me", summary="Who am I")
def me(request: HttpRequest) -> Me:
    """The person who is signed in, with their roles in each of their centres."""
    return Me.of(signed_in(request), own_memberships(request))
