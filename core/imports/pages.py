"""The pages on which files of people are uploaded, looked through and carried out."""

from typing import Final

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy
from django.views.decorators.cache import never_cache
from django_htmx.middleware import HtmxDetails

from core.imports import actions, queries
from core.imports.api import report_file
from core.imports.columns import COLUMNS, SAMPLE
from core.imports.models import RowOutcome
from core.imports.reading import is_table
from core.imports.saying import words
from core.jobs.actions import cancel_job
from core.notices.frame import frame_of
from core.people.acting import acting
from core.people.signed_in import signed_in
from core.refusals import ConflictError, NotFoundError

PER_PAGE: Final = 50
WORDS: Final = {
    "checking": lazy("Being looked through"),
    "unreadable": lazy("Cannot be read"),
    "checked": lazy("Ready to import"),
    "running": lazy("Being imported"),
    "done": lazy("Imported"),
    "failed": lazy("Failed"),
    "cancelled": lazy("Stopped"),
    "created": lazy("New"),
    "changed": lazy("Changed"),
    "unchanged": lazy("Unchanged"),
    "invited": lazy("Asked to join"),
    "refused": lazy("Refused"),
}


@never_cache
def imports(request: HttpRequest) -> HttpResponse:
    """The imports of the centre, and the form for another file; takes the file, too."""
    fault = ""
    if request.method == "POST":
        made, fault = upload_from(request)
        if made:
            return redirect("import", made)
    pages = Paginator(queries.imports_of(acting(request)).order_by("-created_at", "-pk"), PER_PAGE)
    page = pages.get_page(request.GET.get("page"))
    shown = {
        "frame": frame_of(request),
        "page": page,
        "standings": queries.standings_of(page.object_list),
        "labels": WORDS,
        "fault": fault,
        "columns": list(COLUMNS),
    }
    if HtmxDetails(request).target == "imports-list":
        return render(request, "imports/list.html", shown)
    return render(request, "imports/imports.html", shown, status=422 if fault else 200)


def upload_from(request: HttpRequest) -> tuple[int, str]:
    """The id of the import that the sent file became, or 0 and why it became none."""
    file = request.FILES.get("file")
    if file is None or not file.size:
        return 0, _("Choose a file that is not empty.")
    if file.size > actions.LARGEST:
        return 0, _("The file is larger than 5 MB: divide it.")
    content = file.read()
    if not is_table(content):
        return 0, _("Only CSV and XLSX files can be imported.")
    made = actions.upload_import(file_name=file.name or "", content=content, by=acting(request))
    return int(made.pk), ""


@never_cache
def one_import(request: HttpRequest, import_id: int) -> HttpResponse:
    """One import with its report; for htmx how it stands alone."""
    found = queries.get_import(import_id, by=acting(request))
    wanted = request.GET.get("outcome", "")
    outcome = wanted if wanted in RowOutcome.values else ""
    pages = Paginator(queries.rows_of(found, outcome), PER_PAGE)
    shown = {
        "frame": frame_of(request),
        "import": found,
        "standing": queries.standing_of(found),
        "outcomes": RowOutcome.values,
        "outcome": outcome,
        "page": pages.get_page(request.GET.get("page")),
        "labels": WORDS,
        "words": words,
        "columns": list(COLUMNS),
    }
    is_part = HtmxDetails(request).target == "import-status"
    return render(request, "imports/status.html" if is_part else "imports/import.html", shown)


def run(request: HttpRequest, import_id: int) -> HttpResponse:
    """Has an import carried out."""
    asked = {name: request.POST.get(name) == "on" for name in ("invite", "moves")}
    try:
        actions.start_import(
            import_id=import_id,
            invites=asked["invite"],
            moves=asked["moves"],
            by=acting(request),
        )
    except ConflictError as error:
        messages.error(request, _(str(error)))
    return redirect("import", import_id)


def cancel(request: HttpRequest, import_id: int) -> HttpResponse:
    """Stops the job of an import; what it has written stays."""
    found = queries.get_import(import_id, by=acting(request))
    try:
        if found.job:
            cancel_job(job_id=found.job, by=signed_in(request))
        messages.success(request, _("It stops. Rows that were imported stay."))
    except ConflictError:
        messages.error(request, _("It has ended already."))
    except NotFoundError:
        messages.error(request, _("Only who has started it can stop it."))
    return redirect("import", import_id)


def report(request: HttpRequest, import_id: int) -> StreamingHttpResponse:
    """All rows as a CSV file."""
    return report_file(queries.get_import(import_id, by=acting(request)))


def sample(request: HttpRequest) -> HttpResponse:
    """A file to begin with."""
    answer = HttpResponse(SAMPLE, content_type="text/csv; charset=utf-8")
    answer.headers["Content-Disposition"] = 'attachment; filename="people.csv"'
    return answer
