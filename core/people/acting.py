"""In which of their centres a person acts during a request."""

from django.http import HttpRequest
from django.utils.translation import gettext_noop as _

from core.people.actor import Actor, actor_of
from core.people.language import speak_to
from core.people.models import Membership
from core.people.queries import memberships_of
from core.people.signed_in import signed_in

HEADER = "X-Centre"
SESSION_KEY = "centre_id"


class CentreChoiceError(Exception):
    """The request does not say, or says wrongly, in which centre the person acts."""

    def __init__(self, status: int, message: str) -> None:
        super().__init__(message)
        self.status = status


def choose_actor(request: HttpRequest) -> Actor | None:
    """The actor of a signed-in request, kept on it; None for a person without a centre.

    An API client with several centres names one with `X-Centre`; the pages remember the choice in
    the session. Raises CentreChoiceError: 404 for a centre that is not theirs, 422 for none named.
    """
    speak_to(request, None)
    memberships = memberships_of(signed_in(request))
    request.memberships = memberships  # type: ignore[attr-defined]
    request.actor = None  # type: ignore[attr-defined]  # read through `acting` below
    chosen = _chosen(request, memberships)
    speak_to(request, chosen.centre if chosen else None)
    actor = actor_of(chosen) if chosen else None
    request.actor = actor  # type: ignore[attr-defined]
    return actor


def acting(request: HttpRequest) -> Actor:
    """The actor that the permission table has made sure of."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    return actor


def own_memberships(request: HttpRequest) -> list[Membership]:
    """The signed-in person's memberships, read once per request."""
    memberships: list[Membership] = request.memberships  # type: ignore[attr-defined]
    return memberships


def _chosen(request: HttpRequest, memberships: list[Membership]) -> Membership | None:
    by_centre = {str(membership.centre_id): membership for membership in memberships}
    named = request.headers.get(HEADER) or _remembered(request)
    if named in by_centre:
        return by_centre[named]
    if request.headers.get(HEADER):
        raise CentreChoiceError(404, _("There is no such centre."))
    if len(memberships) > 1 and request.path.startswith("/api/"):
        raise CentreChoiceError(422, f"You belong to several centres: name one with {HEADER}.")
    return memberships[0] if memberships else None


def _remembered(request: HttpRequest) -> str:
    """What the pages remember; a token's request may carry the cookie of somebody else."""
    is_bearer = getattr(request, "token_family", None) is not None
    return "" if is_bearer else str(request.session.get(SESSION_KEY, ""))
