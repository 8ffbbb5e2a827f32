"""The pages of a centre's people: the list, and one person with all that can be changed."""

from collections.abc import Callable

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django_htmx.middleware import HtmxDetails

from core.notices.frame import frame_of
from core.office.forms import GuardianForm, RolesForm, SearchForm
from core.people import actions, queries
from core.people.acting import acting
from core.people.models import Role
from core.refusals import ConflictError, InvalidError

PER_PAGE = 50


@never_cache
def people(request: HttpRequest) -> HttpResponse:
    """The centre's people by name; for htmx the list alone."""
    form = SearchForm(request.GET)
    wanted = form.cleaned_data if form.is_valid() else {}
    rows = queries.people_of(
        acting(request),
        role=Role(wanted["role"]) if wanted.get("role") else None,
        words=wanted.get("q", ""),
    )
    shown = {
        "frame": frame_of(request),
        "form": form,
        "page": Paginator(rows.order_by("name", "pk"), PER_PAGE).get_page(request.GET.get("page")),
        "is_admin": acting(request).is_any(Role.ADMIN),
    }
    is_part = HtmxDetails(request).target == "people-list"
    return render(request, "office/people_list.html" if is_part else "office/people.html", shown)


@never_cache
def person(request: HttpRequest, person_id: int) -> HttpResponse:
    """One person of the centre."""
    return show_person(request, person_id)


def show_person(
    request: HttpRequest,
    person_id: int,
    *,
    roles_form: RolesForm | None = None,
    guardian_form: GuardianForm | None = None,
) -> HttpResponse:
    """The person's page, with what is wrong in one of its forms."""
    by = acting(request)
    membership = queries.get_member(person_id, by=by)
    shown = {
        "frame": frame_of(request),
        "membership": membership,
        "is_student": Role.STUDENT in membership.roles,
        "is_admin": by.is_any(Role.ADMIN),
        "guardians": queries.guardianships_of(by, student_id=person_id).order_by("pk"),
        "wards": queries.guardianships_of(by, guardian_id=person_id).order_by("pk"),
        "roles_form": roles_form or RolesForm(initial={"roles": membership.roles}),
        "guardian_form": guardian_form
        or GuardianForm(initial={"may_be_contacted": True, "may_see_grades": True}),
    }
    is_wrong = roles_form is not None or guardian_form is not None
    return render(request, "office/person.html", shown, status=422 if is_wrong else 200)


def roles(request: HttpRequest, person_id: int) -> HttpResponse:
    """Changes what a person is in the centre."""
    form = RolesForm(request.POST)
    if not form.is_valid():
        return show_person(request, person_id, roles_form=form)
    wanted = [Role(role) for role in form.cleaned_data["roles"]]
    done = attempt(
        request,
        lambda: actions.change_roles(person_id=person_id, roles=wanted, by=acting(request)),
        _("Roles saved."),
    )
    if done and person_id == acting(request).user_id and Role.ADMIN not in wanted:
        return redirect("home")  # the page is not theirs any more
    return redirect("person", person_id)


def deactivate(request: HttpRequest, person_id: int) -> HttpResponse:
    """Lets a person act in the centre no more."""
    attempt(
        request,
        lambda: actions.deactivate_member(person_id=person_id, by=acting(request)),
        _("Deactivated. They cannot act in this centre any more."),
    )
    return redirect("home" if person_id == acting(request).user_id else "people")


def reactivate(request: HttpRequest, person_id: int) -> HttpResponse:
    """Lets a person act in the centre again."""
    attempt(
        request,
        lambda: actions.reactivate_member(person_id=person_id, by=acting(request)),
        _("Reactivated. They can act in this centre again."),
    )
    return redirect("person", person_id)


def attempt(request: HttpRequest, action: Callable[[], object], said: str) -> bool:
    """Do it, and have the next page say so, or why it was not possible."""
    try:
        action()
    except (ConflictError, InvalidError) as error:
        messages.error(request, _(str(error)))
        return False
    messages.success(request, said)
    return True
