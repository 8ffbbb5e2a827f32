"""The page on which teachers write their remarks on the students of a class, one by one."""

from typing import Final

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django_htmx.middleware import HtmxDetails

from core.calendar.queries import terms_for
from core.classes.queries import may_teach
from core.http.bodies import id_from
from core.http.forms import save
from core.notices.frame import frame_of
from core.people.acting import acting
from core.people.actor import Actor
from core.refusals import ConflictError
from core.remarks import actions, queries
from core.remarks.forms import RemarkForm
from core.remarks.models import LONGEST

PER_PAGE: Final = 50  # students


@never_cache
def remarks(request: HttpRequest, class_id: int) -> HttpResponse:
    """The students of a class in a term, with what is said of each."""
    by = acting(request)
    frame = frame_of(request)
    school_class = queries.class_with_remarks(class_id, by=by)
    asked = request.GET.get("term")
    term = queries.term_asked_for(id_from(asked) or 0 if asked else None, of=school_class, by=by)
    shown = {
        "frame": frame,
        "school_class": school_class,
        "term": term,
        "terms": terms_for(by).order_by("-begins"),
        "teaches": may_teach(school_class, by) and not school_class.archived_at,
        "longest": LONGEST,
    }
    if term:
        pages = Paginator(queries.students_in(school_class, term), PER_PAGE)
        page = pages.get_page(request.GET.get("page"))
        said = queries.remarks_on(page, school_class=school_class, term=term)
        shown |= {"page": page, "lines": [(each, said.get(each.pk)) for each in page]}
    return render(request, "remarks/remarks.html", shown)


def write(request: HttpRequest, class_id: int, student_id: int) -> HttpResponse:
    """Keeps a remark; with scripts only the words beside its button change."""
    form = RemarkForm(request.POST)
    try:
        done = save(form, lambda: _write(class_id, student_id, form, acting(request)))
    except ConflictError as error:
        form.add_error(None, _(str(error)))
        done = None
    wrong = "" if done else str(next(iter(form.errors.values()))[0])
    if HtmxDetails(request):
        return render(request, "remarks/said.html", {"done": done, "wrong": wrong})
    if done:
        messages.success(request, done)
    else:
        messages.error(request, wrong)
    term = id_from(request.POST.get("term_id", ""))
    page = id_from(request.POST.get("page", "")) or 1
    path = reverse("remarks", args=[class_id])
    return redirect(f"{path}?term={term or ''}&page={page}#student-{student_id}")


def _write(class_id: int, student_id: int, form: RemarkForm, by: Actor) -> str:
    """Has it kept; returns what became of it."""
    given = form.cleaned_data
    kept = actions.write_remark(class_id=class_id, student_id=student_id, **given, by=by)
    return _("Saved.") if kept else _("Saved: there is no remark.")
