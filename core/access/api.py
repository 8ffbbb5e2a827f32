"""Signing in and out over HTTP: sessions for browsers, tokens for API clients."""

from http import HTTPStatus

from django.contrib.auth import logout, update_session_auth_hash
from django.http import HttpRequest, HttpResponse
from django.middleware.csrf import get_token
from django.views.decorators.cache import never_cache
from ninja import Router

from core.access import actions, families, identity, sign_outs
from core.access.actions import Change
from core.access.bearer import family_behind
from core.access.bodies import (
    CredentialsGiven,
    EmailGiven,
    EndedTold,
    PasswordsGiven,
    PlaceTold,
    RefreshGiven,
    ResetGiven,
    Said,
    SignedIn,
    Tokens,
)
from core.access.caller import caller_of
from core.access.entering import is_origin_ours, present_place, start_session
from core.access.identity import Credentials
from core.http.lists import Page
from core.people.api import Me
from core.people.queries import memberships_of
from core.people.signed_in import signed_in
from core.refusals import InvalidError, NotAllowedError

router = Router(tags=["signing in"])
router.add_decorator(never_cache, mode="view")  # answers hold secrets

ASKED = "If somebody here has this email, a mail is on its way to them."
RESET = "The password is changed. Sign in with it."


@router.post("auth/login", auth=None, response=SignedIn, operation_id="sign_in", summary="Sign in")
def sign_in(request: HttpRequest, given: CredentialsGiven) -> SignedIn:
    """Starts a session and sets its cookie.

    401 does not tell what was wrong, except that the `code` of a second factor is missing or wrong.
    429 after too many failures, of this person or from this address.
    """
    if not is_origin_ours(request):
        raise NotAllowedError("This site may not sign anybody in.")
    caller = caller_of(request)
    user = identity.identify(given=Credentials(**given.model_dump()), caller=caller)
    start_session(request, user, caller)
    return SignedIn(user=Me.of(user, memberships_of(user)), csrf_token=get_token(request))


@router.post("auth/logout", response={204: None}, operation_id="sign_out", summary="Sign out")
def sign_out(request: HttpRequest) -> HttpResponse:
    """Ends the session; with a token, all tokens of its sign-in."""
    if family := family_behind(request):
        sign_outs.end_one(user=signed_in(request), ident=str(family.pk))
    else:
        logout(request)
    return HttpResponse(status=HTTPStatus.NO_CONTENT)


@router.post(
    "auth/token", auth=None, response=Tokens, operation_id="get_tokens", summary="Get tokens"
)
def get_tokens(request: HttpRequest, given: CredentialsGiven) -> Tokens:
    """Signs an API client in.

    `access` goes into `Authorization: Bearer` and lasts for ten minutes, `refresh` gets new ones
    for fourteen days, and for ninety at most. 401 and 429 as for signing in.
    """
    caller = caller_of(request)
    user = identity.identify(given=Credentials(**given.model_dump()), caller=caller)
    return Tokens.of(families.start_family(user=user, agent=caller.agent))


@router.post(
    "auth/token/refresh",
    auth=None,
    response=Tokens,
    operation_id="refresh_tokens",
    summary="Refresh tokens",
)
def refresh_tokens(request: HttpRequest, given: RefreshGiven) -> Tokens:
    """Trades a refresh token for new tokens, once.

    A used one is answered with 401 and ends all tokens of its sign-in, since somebody else may have
    it. Send each once, and one at a time.
    """
    return Tokens.of(families.rotate_tokens(refresh=given.refresh))


@router.post(
    "auth/password",
    response=EndedTold,
    operation_id="change_password",
    summary="Change one's password",
)
def change_password(request: HttpRequest, given: PasswordsGiven) -> EndedTold:
    """Sets a new password, and ends all other sessions and all tokens, this client's too."""
    user = signed_in(request)
    if not identity.confirm_password(
        user=user, password=given.old_password, caller=caller_of(request)
    ):
        raise InvalidError("old_password", "This is not your password.")
    session_key = "" if family_behind(request) else request.session.session_key
    change = Change(given.new_password, sign_outs.Kept(session_key=session_key or ""))
    ended = actions.change_password(change=change, by=user)
    if not family_behind(request):
        update_session_auth_hash(request, user)
    return EndedTold.of(ended)


@router.post(
    "auth/password/forgotten",
    auth=None,
    response=Said,
    operation_id="request_password_reset",
    summary="Ask for a new password",
)
def request_reset(request: HttpRequest, given: EmailGiven) -> Said:
    """Sends a mail with a code for choosing a new password. Answers the same for unknown emails."""
    actions.request_reset(email=given.email, caller=caller_of(request))
    return Said(detail=ASKED)


@router.post(
    "auth/password/reset",
    auth=None,
    response=Said,
    operation_id="reset_password",
    summary="Choose a new password",
)
def reset_password(request: HttpRequest, given: ResetGiven) -> Said:
    """Sets a new password by the code out of the mail, which counts once and for an hour."""
    actions.reset_password(code=given.code, change=Change(given.new_password))
    return Said(detail=RESET)


@router.get(
    "auth/sign-ins",
    response=Page[PlaceTold],
    operation_id="list_sign_ins",
    summary="Where one is signed in",
)
def list_sign_ins(request: HttpRequest) -> Page[PlaceTold]:
    """All browsers and API clients in which the person is signed in, this one first."""
    places = sign_outs.places_of(signed_in(request), present_place(request))
    return Page(items=[PlaceTold.of(each) for each in places], next=None)


@router.delete(
    "auth/sign-ins/{str:sign_in_id}",
    response={204: None},
    operation_id="end_sign_in",
    summary="Sign out elsewhere",
)
def end_sign_in(request: HttpRequest, sign_in_id: str) -> HttpResponse:
    """Ends one of the person's sign-ins."""
    sign_outs.end_one(user=signed_in(request), ident=sign_in_id)
    return HttpResponse(status=HTTPStatus.NO_CONTENT)


@router.post(
    "auth/sign-out-everywhere",
    response=EndedTold,
    operation_id="sign_out_everywhere",
    summary="Sign out everywhere",
)
def sign_out_everywhere(request: HttpRequest) -> EndedTold:
    """Ends all of the person's sessions and tokens, this one too; open sockets close soon after."""
    ended = actions.sign_out_everywhere(by=signed_in(request))
    logout(request)
    return EndedTold.of(ended)
