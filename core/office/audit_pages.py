"""The page of a centre's audit."""

from typing import Final

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache

from core.audit.models import AuditEntry
from core.notices.frame import frame_of
from core.office.forms import AuditForm
from core.office.queries import audit_of
from core.people.acting import acting
from core.people.models import User

PER_PAGE = 50
# What a reader calls the kinds that are known here; others are shown as they are stored.
WORDS: Final = {
    "role.changed": _("Roles changed"),
    "member.deactivated": _("Deactivated"),
    "member.reactivated": _("Reactivated"),
    "person.invited": _("Invited"),
    "invitation.resent": _("Invitation sent again"),
    "invitation.revoked": _("Invitation taken back"),
    "invitation.accepted": _("Invitation accepted"),
    "guardian.linked": _("Guardian linked"),
    "guardian.changed": _("Guardian's rights changed"),
    "guardian.unlinked": _("Guardianship ended"),
    "custody.blocked": _("Custody block set"),
    "custody.unblocked": _("Custody block lifted"),
    "import.started": _("Import started"),
    "import.finished": _("Import finished"),
}


@never_cache
def audit(request: HttpRequest) -> HttpResponse:
    """The centre's audit, the latest first, by kind and by person."""
    form = AuditForm(request.GET)
    wanted = form.cleaned_data if form.is_valid() else {}
    rows = audit_of(
        acting(request), what=wanted.get("what", ""), person_id=wanted.get("person")
    ).order_by("-pk")
    page = Paginator(rows, PER_PAGE).get_page(request.GET.get("page"))
    shown = {
        "frame": frame_of(request),
        "form": form,
        "page": page,
        "names": names_in(page.object_list),
        "words": WORDS,
    }
    return render(request, "office/audit.html", shown)


def names_in(entries: object) -> dict[str, str]:
    """The names of the people whom these entries name, by `user:7`; one query."""
    found = [entry for entry in entries if isinstance(entry, AuditEntry)]  # type: ignore[attr-defined]
    ids = {entry.by_id for entry in found if entry.by_id}
    subjects = [entry.subject.partition(":") for entry in found]
    ids |= {int(number) for kind, _colon, number in subjects if kind == "user"}
    people = User.objects.filter(pk__in=ids).values_list("pk", "name")
    return {f"user:{pk}": name for pk, name in people}
