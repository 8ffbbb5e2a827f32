"""What is done about guardians on a student's page."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from core.office.forms import GuardianForm, ReasonForm, RightsForm
from core.office.pages import attempt, show_person
from core.people import guardians, queries
from core.people.acting import acting
from core.people.models import Guardianship
from core.refusals import ConflictError, InvalidError


def link(request: HttpRequest, person_id: int) -> HttpResponse:
    """Makes a parent of the centre guardian of this student."""
    queries.get_member(person_id, by=acting(request))
    form = GuardianForm(request.POST)
    if form.is_valid() and link_from(request, form, person_id):
        return redirect("person", person_id)
    return show_person(request, person_id, guardian_form=form)


def link_from(request: HttpRequest, form: GuardianForm, student_id: int) -> bool:
    """Link as the form says; where that is not possible, it says why."""
    by, given = acting(request), dict(form.cleaned_data)
    found = queries.members_of(by).filter(user__email=given.pop("guardian_email")).first()
    if found is None:
        form.add_error("guardian_email", _("Nobody of this centre has this address."))
        return False
    try:
        guardians.link_guardian(
            guardian_id=found.user_id, student_id=student_id, rights=given, by=by
        )
    except (ConflictError, InvalidError) as error:
        form.add_error("guardian_email", _(str(error)))
        return False
    return True


def change(request: HttpRequest, guardianship_id: int) -> HttpResponse:
    """Changes what a guardian is and may."""
    form = RightsForm(request.POST)
    changes = form.cleaned_data if form.is_valid() else {}
    return _then_back(
        request,
        guardianship_id,
        lambda: guardians.change_guardian(
            guardianship_id=guardianship_id, changes=changes, by=acting(request)
        ),
        _("Changes saved."),
    )


def end(request: HttpRequest, guardianship_id: int) -> HttpResponse:
    """Ends a guardianship."""
    return _then_back(
        request,
        guardianship_id,
        lambda: guardians.unlink_guardian(guardianship_id=guardianship_id, by=acting(request)),
        _("Ended. They see nothing of the student any more."),
    )


def block(request: HttpRequest, guardianship_id: int) -> HttpResponse:
    """Sets a custody block."""
    return _then_back(
        request,
        guardianship_id,
        lambda: guardians.block_guardian(
            guardianship_id=guardianship_id, reason=_reason(request), by=acting(request)
        ),
        _("Blocked. They see and receive nothing about the student from now on."),
    )


def unblock(request: HttpRequest, guardianship_id: int) -> HttpResponse:
    """Lifts a custody block."""
    return _then_back(
        request,
        guardianship_id,
        lambda: guardians.unblock_guardian(
            guardianship_id=guardianship_id, reason=_reason(request), by=acting(request)
        ),
        _("The block is lifted."),
    )


def _reason(request: HttpRequest) -> str:
    form = ReasonForm(request.POST)
    if not form.is_valid():
        raise InvalidError("reason", _("Give the reason."))
    return str(form.cleaned_data["reason"])


def _then_back(
    request: HttpRequest,
    guardianship_id: int,
    action: Callable[[], Guardianship | None],
    said: str,
) -> HttpResponse:
    found = queries.get_guardianship(guardianship_id, by=acting(request))
    attempt(request, action, said)
    return redirect("person", found.student_id)
