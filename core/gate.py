"""Applying the permission table to each request, and finding who acts in which centre."""

from collections.abc import Callable
from http import HTTPStatus
from typing import Final

from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.utils.translation import gettext_noop as _  # a page translates what it shows

from core.access import second_factor
from core.access.bearer import brought_token
from core.events.context import note
from core.events.nudge import stir
from core.http.answers import is_api
from core.http.problems import problem
from core.isolation.scope import enter, nowhere
from core.people.acting import CentreChoiceError, choose_actor, own_memberships
from core.people.actor import Actor
from core.people.models import User
from core.people.queries import has_ended
from core.people.signed_in import signed_in
from core.permissions import LEFT_TO_ENDED, RULES
from core.permissions.rule import Rule
from core.trespass import note_trespass, note_wrong_centre

HARMLESS: Final = ("GET", "HEAD", "OPTIONS")  # nothing follows from these
ADMIN: Final = "admin/"  # Django's admin asks for an operator itself


class PermissionMiddleware:
    """Applies the table before any view runs, and gives the request its actor."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        with nowhere():
            response = self.get_response(request)
            if response.status_code == HTTPStatus.NOT_FOUND:
                note_trespass(request, getattr(request, "actor", None))
            return response

    def process_view(self, request: HttpRequest, *_view: object) -> HttpResponseBase | None:
        match = request.resolver_match
        if match is None:
            return None
        if match.route.startswith(ADMIN):
            return _admin_refusal(request)
        rule = rule_of(request.method or "", match.route)
        if rule is None:
            return _closed(request, match.route)
        refused = refusal(request, rule) if rule.signed_in else None
        if refused is None and request.method not in HARMLESS:
            stir()
        return refused


def rule_of(method: str, route: str) -> Rule | None:
    """The rule of a route as Django writes it, or None when it is not in the table."""
    return RULES.get(line_of(method, route))


def line_of(method: str, route: str) -> str:
    """How the table calls a route."""
    return f"{'GET' if method == 'HEAD' else method} {route}"


def refusal(request: HttpRequest, rule: Rule) -> HttpResponseBase | None:
    """Why the request may not go on, or None; sets `request.actor` on the way."""
    if not request.user.is_authenticated:
        return _sign_in_first(request)
    note(actor_id=request.user.pk)
    enter(person_id=request.user.pk, outbox=rule.outbox)
    try:
        actor = choose_actor(request)
    except CentreChoiceError as error:
        if error.status == HTTPStatus.NOT_FOUND:
            note_wrong_centre(request)
        if rule.member:
            return problem(request, error.status, str(error))
        actor = None
    if actor:
        enter(centre_id=actor.centre_id, person_id=actor.user_id, outbox=rule.outbox)
    return _unmet(request, rule, actor)


def _unmet(request: HttpRequest, rule: Rule, actor: Actor | None) -> HttpResponseBase | None:
    person = signed_in(request)
    if rule.enrolled and second_factor.is_missing(person, own_memberships(request)):
        return _enrol_first(request)
    why_not = _why_not(request, rule, actor)
    return problem(request, 403, why_not) if why_not else None


def _why_not(request: HttpRequest, rule: Rule, actor: Actor | None) -> str:
    if not _is_met(rule, actor, signed_in(request)):
        return _("Your role does not allow this.")
    return _("Your account is not active in any centre.") if _is_ended(request) else ""


def _is_ended(request: HttpRequest) -> bool:
    """Whether the person's centres have all deactivated them, and this is not left to them."""
    match = request.resolver_match
    line = line_of(request.method or "", match.route) if match else ""
    if own_memberships(request) or line in LEFT_TO_ENDED:
        return False
    return bool(has_ended([signed_in(request).pk]))


def _is_met(rule: Rule, actor: Actor | None, person: User) -> bool:
    if (rule.operator and not person.is_operator) or (rule.viewer and not person.watches):
        return False
    return not rule.member or (actor is not None and actor.is_any(*rule.roles))


def _closed(request: HttpRequest, route: str) -> HttpResponseBase:
    """405 where other methods are open, else 404."""
    methods = [line.partition(" ")[0] for line in RULES if line.partition(" ")[2] == route]
    if not methods:
        return problem(request, 404, "There is nothing at this address.")
    answer = problem(request, 405)
    answer.headers["Allow"] = ", ".join(methods)
    return answer


def _sign_in_first(request: HttpRequest) -> HttpResponseBase:
    if brought_token(request):
        answer = problem(request, 401, "The token does not count, or not any more.")
        answer.headers["WWW-Authenticate"] = 'Bearer error="invalid_token"'
        return answer
    if is_api(request):
        return problem(request, 401, "Sign in first.")
    return redirect_to_login(request.get_full_path())


def _admin_refusal(request: HttpRequest) -> HttpResponseBase | None:
    person = request.user
    if not person.is_authenticated:
        return None
    enter(person_id=person.pk, outbox=person.is_operator)
    return _enrol_first(request) if second_factor.is_missing(person, ()) else None


def _enrol_first(request: HttpRequest) -> HttpResponseBase:
    if is_api(request):
        return problem(request, 403, "Set up a second factor first: /api/auth/second-factor.")
    return redirect("second-factor")
