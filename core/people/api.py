"""Signing in and out, and who one is."""

from http import HTTPStatus
from typing import Annotated, Self

from django.conf import settings
from django.contrib.auth import authenticate, login, logout
from django.http import HttpRequest, HttpResponse
from django.middleware.csrf import get_token
from ninja import Router
from pydantic import StringConstraints

from core.http.bodies import STORABLE, Given, Id, Told
from core.http.problems import problem
from core.people.models import Centre, Membership, Role, User
from core.people.queries import memberships_of
from core.people.signed_in import signed_in

router = Router(tags=["people"])

Email = Annotated[
    str, StringConstraints(strip_whitespace=True, min_length=1, max_length=254), STORABLE
]
# Hashing takes time, and the longer the text the more of it.
Password = Annotated[str, StringConstraints(min_length=1, max_length=1000), STORABLE]


class CsrfToken(Told):
    """The token that unsafe requests send as `X-CSRFToken`."""

    csrf_token: str


class Credentials(Given):
    """Who signs in, and with what."""

    email: Email
    password: Password


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
    memberships: list[MembershipTold]

    @classmethod
    def of(cls, user: User) -> Self:
        """The person in words; one query."""
        return cls(
            id=str(user.pk),
            email=user.email,
            name=user.name,
            is_operator=user.is_operator,
            memberships=[MembershipTold.of(each) for each in memberships_of(user.pk)],
        )


class SignedIn(Told):
    """Who has just signed in, and the token from now on: signing in makes the old one useless."""

    user: Me
    csrf_token: str


@router.get(
    "csrf/", auth=None, response=CsrfToken, operation_id="get_csrf_token", summary="CSRF token"
)
def csrf(request: HttpRequest) -> CsrfToken:
    """Gives the token that unsafe requests must send as `X-CSRFToken`, and sets its cookie."""
    return CsrfToken(csrf_token=get_token(request))


@router.post("auth/login", auth=None, response=SignedIn, operation_id="sign_in", summary="Sign in")
def sign_in(request: HttpRequest, given: Credentials) -> SignedIn | HttpResponse:
    """Starts a session and sets its cookie. 401 does not tell what was wrong."""
    if not is_origin_ours(request):
        return problem(request, HTTPStatus.FORBIDDEN, "This site may not sign anybody in.")
    user = authenticate(request, username=given.email, password=given.password)
    if not isinstance(user, User):
        return problem(request, HTTPStatus.UNAUTHORIZED, "The email or the password is wrong.")
    login(request, user)
    return SignedIn(user=Me.of(user), csrf_token=get_token(request))


def is_origin_ours(request: HttpRequest) -> bool:
    """Whether no other site sent the request, as one would to sign a visitor in as someone else."""
    origin = request.headers.get("Origin")
    return origin is None or origin in settings.ENV.origins


@router.post("auth/logout", response={204: None}, operation_id="sign_out", summary="Sign out")
def sign_out(request: HttpRequest) -> HttpResponse:
    """Ends the session."""
    logout(request)
    return HttpResponse(status=HTTPStatus.NO_CONTENT)


@router.get("me", response=Me, operation_id="get_me", summary="Who am I")
def me(request: HttpRequest) -> Me:
    """The person who is signed in, with their roles in each of their centres."""
    return Me.of(signed_in(request))
