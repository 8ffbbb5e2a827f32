"""TABLE: who may call which route. A route that is not here is closed, and fails the build."""

from collections.abc import Callable
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Final

from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import redirect

from core.access import second_factor
from core.access.bearer import brought_token
from core.events.context import note
from core.http.answers import is_api
from core.http.problems import problem
from core.isolation.scope import enter, nowhere
from core.people.acting import CentreChoiceError, choose_actor, own_memberships
from core.people.actor import Actor
from core.people.models import Role, User
from core.people.queries import has_ended
from core.people.signed_in import signed_in
from core.trespass import note_trespass, note_wrong_centre


@dataclass(frozen=True, slots=True)
class Rule:
    """Who may call a route: `roles` counts within the acting centre."""

    signed_in: bool = True
    member: bool = True
    operator: bool = False
    enrolled: bool = True  # those who must have a second factor come in only with it
    roles: frozenset[Role] = field(default_factory=lambda: frozenset(Role))


ANYONE: Final = Rule(signed_in=False, member=False)
SIGNED_IN: Final = Rule(member=False)  # also who belongs to no centre
ENROLLING: Final = Rule(member=False, enrolled=False)  # on the way to a second factor, too
MEMBER: Final = Rule()
OPERATOR: Final = Rule(member=False, operator=True)  # runs the system, in whatever centre or none
LEARNING: Final = Rule(roles=frozenset({Role.STUDENT}))
TEACHING: Final = Rule(roles=frozenset({Role.TEACHER, Role.ADMIN}))
MANAGING: Final = Rule(roles=frozenset({Role.STAFF, Role.ADMIN}))
OFFICE: Final = Rule(roles=frozenset({Role.STAFF, Role.HEAD, Role.ADMIN}))
ADMINS: Final = Rule(roles=frozenset({Role.ADMIN}))
OVERSEEING: Final = Rule(roles=frozenset({Role.TEACHER, Role.STAFF, Role.HEAD, Role.ADMIN}))

# What else stands between them and a thing (is it their class, their child?) is decided where it
# is read: core/<area>/queries.py and actions.py.
RULES: Final[dict[str, Rule]] = {
    # whether it is alive
    "GET healthz": ANYONE,
    "GET readyz": ANYONE,
    # signing in
    "GET api/csrf/": ANYONE,
    "POST api/auth/login": ANYONE,
    "POST api/auth/logout": ENROLLING,
    "GET api/me": ENROLLING,
    "POST api/auth/token": ANYONE,
    "POST api/auth/token/refresh": ANYONE,
    "POST api/auth/password": SIGNED_IN,
    "POST api/auth/password/forgotten": ANYONE,
    "POST api/auth/password/reset": ANYONE,
    "GET api/auth/sign-ins": SIGNED_IN,
    "DELETE api/auth/sign-ins/<str:sign_in_id>": SIGNED_IN,
    "POST api/auth/sign-out-everywhere": ENROLLING,
    "GET api/auth/second-factor": ENROLLING,
    "POST api/auth/second-factor": ENROLLING,
    "POST api/auth/second-factor/confirm": ENROLLING,
    "POST api/auth/second-factor/off": SIGNED_IN,
    "POST api/auth/second-factor/recovery-codes": SIGNED_IN,
    # classes and homework
    "GET api/classes": MEMBER,
    "GET api/classes/<int:class_id>": MEMBER,
    "GET api/classes/<int:class_id>/students": OVERSEEING,
    "POST api/classes/<int:class_id>/homework": TEACHING,
    "GET api/homework": MEMBER,
    "GET api/homework/<int:homework_id>": MEMBER,
    "PATCH api/homework/<int:homework_id>": TEACHING,
    "POST api/homework/<int:homework_id>/publish": TEACHING,
    "POST api/homework/<int:homework_id>/unschedule": TEACHING,
    "POST api/homework/<int:homework_id>/recall": TEACHING,
    "POST api/homework/<int:homework_id>/withdraw": TEACHING,
    # submissions and grades
    "POST api/homework/<int:homework_id>/submissions": LEARNING,
    "GET api/homework/<int:homework_id>/submissions": MEMBER,
    "GET api/submissions/<int:submission_id>": MEMBER,
    "POST api/submissions/<int:submission_id>/grade": TEACHING,
    "POST api/submissions/<int:submission_id>/return": TEACHING,
    "GET api/classes/<int:class_id>/grade-book": OVERSEEING,
    "GET api/grades": MEMBER,
    # centres, calendar, classes
    "GET api/centre": MEMBER,
    "PATCH api/centre": ADMINS,
    "GET api/ops/centres": OPERATOR,
    "POST api/ops/centres": OPERATOR,
    "PATCH api/ops/centres/<int:centre_id>": OPERATOR,
    "GET api/terms": MEMBER,
    "POST api/terms": ADMINS,
    "PATCH api/terms/<int:term_id>": ADMINS,
    "DELETE api/terms/<int:term_id>": ADMINS,
    "GET api/holidays": MEMBER,
    "POST api/holidays": ADMINS,
    "PATCH api/holidays/<int:closed_day_id>": ADMINS,
    "DELETE api/holidays/<int:closed_day_id>": ADMINS,
    "GET api/courses": MEMBER,
    "POST api/courses": MANAGING,
    "GET api/courses/<int:course_id>": MEMBER,
    "PATCH api/courses/<int:course_id>": MANAGING,
    "POST api/classes": MANAGING,
    "PATCH api/classes/<int:class_id>": MANAGING,
    "POST api/classes/<int:class_id>/archive": MANAGING,
    "GET api/classes/<int:class_id>/teachers": MEMBER,
    "POST api/classes/<int:class_id>/teachers": MANAGING,
    "DELETE api/classes/<int:class_id>/teachers/<int:person_id>": MANAGING,
    "GET api/classes/<int:class_id>/enrolments": OFFICE,
    "POST api/classes/<int:class_id>/enrolments": MANAGING,
    "POST api/enrolments/<int:enrolment_id>/move": MANAGING,
    "POST api/enrolments/<int:enrolment_id>/end": MANAGING,
    "GET api/students/<int:student_id>/enrolments": OFFICE,
    # what followed from what; of which events is decided in core/trace/viewer.py
    "GET api/trace/<uuidstr:event_id>": SIGNED_IN,
    "GET api/trace/deliveries/<int:delivery_id>": SIGNED_IN,
    "GET api/trace/jobs/<uuidstr:job_id>": SIGNED_IN,
    "GET api/trace/mails/<str:message_id>": SIGNED_IN,
    "GET api/homework/<int:homework_id>/deliveries": OVERSEEING,
    # tickets; that others' are not there for who is no staff is decided in core/tickets/queries.py
    "GET api/tickets": MEMBER,
    "POST api/tickets": MEMBER,
    "GET api/tickets/<int:ticket_id>": MEMBER,
    "PATCH api/tickets/<int:ticket_id>": OFFICE,
    "GET api/tickets/<int:ticket_id>/comments": MEMBER,
    "POST api/tickets/<int:ticket_id>/comments": MEMBER,
    "GET api/tickets/<int:ticket_id>/history": MEMBER,
    "POST api/tickets/<int:ticket_id>/assign": OFFICE,
    "POST api/tickets/<int:ticket_id>/resolve": MEMBER,
    "POST api/tickets/<int:ticket_id>/reopen": MEMBER,
    "GET api/ticket-assignees": OFFICE,
    "GET api/ticket-categories": MEMBER,
    "POST api/ticket-categories": ADMINS,
    "PATCH api/ticket-categories/<int:category_id>": ADMINS,
    "GET tickets": MEMBER,
    "GET tickets/new": MEMBER,
    "POST tickets/new": MEMBER,
    "GET tickets/<int:ticket_id>": MEMBER,
    "POST tickets/<int:ticket_id>": MEMBER,
    "POST tickets/<int:ticket_id>/assign": OFFICE,
    "GET tickets/<int:ticket_id>/edit": OFFICE,
    "POST tickets/<int:ticket_id>/edit": OFFICE,
    "GET tickets/categories": ADMINS,
    "POST tickets/categories": ADMINS,
    "POST tickets/categories/<int:category_id>": ADMINS,
    "GET api/events/<uuidstr:event_id>/recipients": OVERSEEING,
    "GET api/notices/<int:notice_id>/why": SIGNED_IN,
    # notices
    "GET api/notices": SIGNED_IN,
    "POST api/notices/read": SIGNED_IN,
    "GET api/notice-preferences": SIGNED_IN,
    "PUT api/notice-preferences": SIGNED_IN,
    # files; whose is decided in core/files/queries.py
    "POST api/files": MEMBER,
    "GET api/files/<int:file_id>": MEMBER,
    "DELETE api/files/<int:file_id>": MEMBER,
    "GET api/files/<int:file_id>/content": MEMBER,
    "GET api/files/<int:file_id>/thumbnail": MEMBER,
    # people of a centre: staff read, admins change
    "GET api/people": OFFICE,
    "GET api/people/<int:person_id>": OFFICE,
    "PUT api/people/<int:person_id>/roles": ADMINS,
    "POST api/people/<int:person_id>/deactivate": ADMINS,
    "POST api/people/<int:person_id>/reactivate": ADMINS,
    "POST api/me/email": SIGNED_IN,
    "GET api/invitations": ADMINS,
    "POST api/invitations": ADMINS,
    "POST api/invitations/<int:invitation_id>/resend": ADMINS,
    "POST api/invitations/<int:invitation_id>/revoke": ADMINS,
    "GET api/guardianships": OFFICE,
    "POST api/guardianships": ADMINS,
    "PATCH api/guardianships/<int:guardianship_id>": ADMINS,
    "DELETE api/guardianships/<int:guardianship_id>": ADMINS,
    "POST api/guardianships/<int:guardianship_id>/block": ADMINS,
    "POST api/guardianships/<int:guardianship_id>/unblock": ADMINS,
    "GET api/audit": ADMINS,
    "GET api/imports": ADMINS,
    "POST api/imports": ADMINS,
    "GET api/imports/<int:import_id>": ADMINS,
    "GET api/imports/<int:import_id>/rows": ADMINS,
    "POST api/imports/<int:import_id>/run": ADMINS,
    "GET api/imports/<int:import_id>/report": ADMINS,
    "GET api/notices/unread": SIGNED_IN,
    "POST api/notices/<int:notice_id>/read": SIGNED_IN,
    "POST api/notices/<int:notice_id>/unread": SIGNED_IN,
    "GET api/notice-preferences/digest": SIGNED_IN,
    "PUT api/notice-preferences/digest": SIGNED_IN,
    "GET api/quiet-hours": ADMINS,
    "PUT api/quiet-hours": ADMINS,
    "POST api/quiet-hours/bypass": OFFICE,
    # running the system
    "GET api/ops/queues": OPERATOR,
    "POST api/ops/queues/<str:queue>/pause": OPERATOR,
    "POST api/ops/queues/<str:queue>/resume": OPERATOR,
    "GET api/ops/deliveries": OPERATOR,
    "GET api/ops/dead-letters": OPERATOR,
    "POST api/ops/dead-letters/redrive": OPERATOR,
    "POST api/ops/dead-letters/discard": OPERATOR,
    "GET api/ops/dead-letters/<str:group_id>": OPERATOR,
    "GET api/ops/redrives": OPERATOR,
    "GET api/ops/audit": OPERATOR,
    # jobs, of those who asked for them
    "GET api/jobs": SIGNED_IN,
    "GET api/jobs/<uuidstr:job_id>": SIGNED_IN,
    "POST api/jobs/<uuidstr:job_id>/cancel": SIGNED_IN,
    # what the API is
    "GET api/openapi.json": ANYONE,
    "GET api/docs": ANYONE,
    # pages
    "GET ": SIGNED_IN,
    "GET sign-in": ANYONE,
    "POST sign-in": ANYONE,
    "GET sign-in/code": ANYONE,
    "POST sign-in/code": ANYONE,
    "POST sign-out": ENROLLING,
    "GET password/forgotten": ANYONE,
    "POST password/forgotten": ANYONE,
    "GET password/new": ANYONE,
    "POST password/new": ANYONE,
    "GET account": SIGNED_IN,
    "GET account/password": SIGNED_IN,
    "POST account/password": SIGNED_IN,
    "GET account/second-factor": ENROLLING,
    "POST account/second-factor": ENROLLING,
    "POST account/second-factor/confirm": ENROLLING,
    "POST account/second-factor/off": SIGNED_IN,
    "POST account/second-factor/codes": SIGNED_IN,
    "POST account/sign-ins/<str:sign_in_id>/end": SIGNED_IN,
    "POST account/sign-out-everywhere": ENROLLING,
    "POST centre": SIGNED_IN,
    "POST language": ANYONE,
    "GET panels/<str:name>": MEMBER,
    "GET homework-list": MEMBER,
    # centres, calendar, classes
    "GET centre.css": ANYONE,
    "GET centre-settings": ADMINS,
    "POST centre-settings": ADMINS,
    "GET calendar": MEMBER,
    "GET calendar/terms/new": ADMINS,
    "POST calendar/terms/new": ADMINS,
    "GET calendar/terms/<int:term_id>": ADMINS,
    "POST calendar/terms/<int:term_id>": ADMINS,
    "POST calendar/terms/<int:term_id>/remove": ADMINS,
    "GET calendar/holidays/new": ADMINS,
    "POST calendar/holidays/new": ADMINS,
    "GET calendar/holidays/<int:closed_day_id>": ADMINS,
    "POST calendar/holidays/<int:closed_day_id>": ADMINS,
    "POST calendar/holidays/<int:closed_day_id>/remove": ADMINS,
    "GET classes": MEMBER,
    "GET classes/new": MANAGING,
    "POST classes/new": MANAGING,
    "GET classes/<int:class_id>/manage": MANAGING,
    "GET classes/<int:class_id>/edit": MANAGING,
    "POST classes/<int:class_id>/edit": MANAGING,
    "POST classes/<int:class_id>/archive": MANAGING,
    "POST classes/<int:class_id>/enrol": MANAGING,
    "POST classes/<int:class_id>/teachers": MANAGING,
    "POST classes/<int:class_id>/teachers/<int:person_id>/remove": MANAGING,
    "GET enrolments/<int:enrolment_id>/move": MANAGING,
    "POST enrolments/<int:enrolment_id>/move": MANAGING,
    "POST enrolments/<int:enrolment_id>/end": MANAGING,
    "GET courses": MANAGING,
    "GET courses/new": MANAGING,
    "POST courses/new": MANAGING,
    "GET courses/<int:course_id>": MANAGING,
    "POST courses/<int:course_id>": MANAGING,
    "GET classes/<int:class_id>/homework/new": TEACHING,
    "POST classes/<int:class_id>/homework/new": TEACHING,
    "GET homework/<int:homework_id>": MEMBER,
    "GET homework/<int:homework_id>/told": OVERSEEING,
    "GET homework/<int:homework_id>/edit": TEACHING,
    "POST homework/<int:homework_id>/edit": TEACHING,
    "POST homework/<int:homework_id>/publish": TEACHING,
    "POST homework/<int:homework_id>/schedule": TEACHING,
    "POST homework/<int:homework_id>/unschedule": TEACHING,
    "POST homework/<int:homework_id>/recall": TEACHING,
    "POST homework/<int:homework_id>/withdraw": TEACHING,
    "GET homework/<int:homework_id>/work": MEMBER,
    "POST homework/<int:homework_id>/hand-in": LEARNING,
    "GET submissions/<int:submission_id>": MEMBER,
    "POST submissions/<int:submission_id>/grade": TEACHING,
    "POST submissions/<int:submission_id>/return": TEACHING,
    "GET classes/<int:class_id>": MEMBER,
    "GET classes/<int:class_id>/grade-book": MEMBER,
    "GET classes/<int:class_id>/grade-book.csv": OVERSEEING,
    "GET files/<int:file_id>": MEMBER,
    "GET files/<int:file_id>/thumbnail": MEMBER,
    # people of a centre
    "GET people": OFFICE,
    "GET people/invite": ADMINS,
    "POST people/invite": ADMINS,
    "GET people/<int:person_id>": OFFICE,
    "POST people/<int:person_id>/roles": ADMINS,
    "POST people/<int:person_id>/deactivate": ADMINS,
    "POST people/<int:person_id>/reactivate": ADMINS,
    "POST people/<int:person_id>/guardians": ADMINS,
    "POST guardianships/<int:guardianship_id>": ADMINS,
    "POST guardianships/<int:guardianship_id>/end": ADMINS,
    "POST guardianships/<int:guardianship_id>/block": ADMINS,
    "POST guardianships/<int:guardianship_id>/unblock": ADMINS,
    "POST invitations/<int:invitation_id>/resend": ADMINS,
    "POST invitations/<int:invitation_id>/revoke": ADMINS,
    "GET join/<str:token>": ANYONE,
    "POST join/<str:token>": ANYONE,
    "GET account/email": SIGNED_IN,
    "POST account/email": SIGNED_IN,
    "GET confirm-email/<str:token>": ANYONE,
    "POST confirm-email/<str:token>": ANYONE,
    "GET audit": ADMINS,
    "GET imports": ADMINS,
    "POST imports": ADMINS,
    "GET imports/sample.csv": ADMINS,
    "GET imports/<int:import_id>": ADMINS,
    "POST imports/<int:import_id>/run": ADMINS,
    "POST imports/<int:import_id>/cancel": ADMINS,
    "GET imports/<int:import_id>/report.csv": ADMINS,
    "GET notices": SIGNED_IN,
    "POST notices/read": SIGNED_IN,
    "POST notices/<int:notice_id>/mark": SIGNED_IN,
    "GET notices/<int:notice_id>/why": SIGNED_IN,
    "GET events/<uuidstr:event_id>/recipients": OVERSEEING,
    "GET events/<uuidstr:event_id>/recipients.csv": OVERSEEING,
    "POST events/<uuidstr:event_id>/send-now": OFFICE,
    "GET preferences": SIGNED_IN,
    "POST preferences": SIGNED_IN,
    "GET quiet-hours": ADMINS,
    "POST quiet-hours": ADMINS,
    # by the signed token in a mail
    "GET unsubscribe/<str:token>": ANYONE,
    "POST unsubscribe/<str:token>": ANYONE,
    "POST unsubscribe/<str:token>/undo": ANYONE,
    # development only: what the catching mail server caught
    "GET mailbox": ANYONE,
    "GET mailbox/<str:mail_id>": ANYONE,
    "GET mailbox/<str:mail_id>/html": ANYONE,
}

# All that is left to whom every centre has deactivated.
LEFT_TO_ENDED: Final = frozenset({"GET ", "GET api/me", "POST api/auth/logout", "POST sign-out"})

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
        return refusal(request, rule) if rule.signed_in else None


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
    enter(person_id=request.user.pk)
    try:
        actor = choose_actor(request)
    except CentreChoiceError as error:
        if error.status == HTTPStatus.NOT_FOUND:
            note_wrong_centre(request)
        if rule.member:
            return problem(request, error.status, str(error))
        actor = None
    if actor:
        enter(centre_id=actor.centre_id, person_id=actor.user_id)
    return _unmet(request, rule, actor)


def _unmet(request: HttpRequest, rule: Rule, actor: Actor | None) -> HttpResponseBase | None:
    person = signed_in(request)
    if rule.enrolled and second_factor.is_missing(person, own_memberships(request)):
        return _enrol_first(request)
    why_not = _why_not(request, rule, actor)
    return problem(request, 403, why_not) if why_not else None


def _why_not(request: HttpRequest, rule: Rule, actor: Actor | None) -> str:
    if not _is_met(rule, actor, signed_in(request)):
        return "Your role does not allow this."
    return "Your account is not active in any centre." if _is_ended(request) else ""


def _is_ended(request: HttpRequest) -> bool:
    """Whether the person's centres have all deactivated them, and this is not left to them."""
    match = request.resolver_match
    line = line_of(request.method or "", match.route) if match else ""
    if own_memberships(request) or line in LEFT_TO_ENDED:
        return False
    return bool(has_ended([signed_in(request).pk]))


def _is_met(rule: Rule, actor: Actor | None, person: User) -> bool:
    if rule.operator and not person.is_operator:
        return False
    return not rule.member or (actor is not None and actor.is_any(*rule.roles))


def _closed(request: HttpRequest, route: str) -> HttpResponseBase:
    """405 where other methods are open, else 404."""
    methods = [line.partition(" ")[0] for line in RULES if line.partition(" ")[2] == route]
    if not methods:
        return problem(request, 404, "There is nothing at this address.")
    answer = problem(request, 405, f"{request.method} is not possible here.")
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
    if person.is_authenticated and second_factor.is_missing(person, ()):
        return _enrol_first(request)
    return None


def _enrol_first(request: HttpRequest) -> HttpResponseBase:
    if is_api(request):
        return problem(request, 403, "Set up a second factor first: /api/auth/second-factor.")
    return redirect("second-factor")
