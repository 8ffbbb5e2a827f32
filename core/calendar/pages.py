"""The pages on which admins enter terms and holidays; the calendar itself is in core/home."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache

from core.calendar import actions, queries
from core.calendar.forms import HolidayForm, HolidaysForm, TermForm
from core.http.forms import save, sent, status_of
from core.notices.frame import frame_of
from core.people.acting import acting
from core.refusals import ConflictError


@never_cache
def add_term(request: HttpRequest) -> HttpResponse:
    """A new term."""
    frame = frame_of(request)
    form = TermForm(sent(request))
    if save(form, lambda: actions.add_term(**form.cleaned_data, by=acting(request))):
        messages.success(request, _("The term is in the calendar."))
        return redirect("calendar")
    shown = {"frame": frame, "form": form, "term": None}
    return render(request, "calendar/term.html", shown, status=status_of(form))


@never_cache
def edit_term(request: HttpRequest, term_id: int) -> HttpResponse:
    """Changes a term."""
    by = acting(request)
    frame = frame_of(request)
    term = queries.get_term(term_id, by=by)
    form = TermForm(sent(request), term=term)
    if save(form, lambda: actions.change_term(term_id=term_id, by=by, **form.cleaned_data)):
        messages.success(request, _("Changes saved."))
        return redirect("calendar")
    shown = {"frame": frame, "form": form, "term": term}
    return render(request, "calendar/term.html", shown, status=status_of(form))


def remove_term(request: HttpRequest, term_id: int) -> HttpResponse:
    """Takes a term out of the calendar."""
    try:
        actions.remove_term(term_id=term_id, by=acting(request))
        messages.success(request, _("The term is no longer in the calendar."))
    except ConflictError:
        messages.error(request, _("Classes or remarks belong to this term, so it stays."))
    return redirect("calendar")


@never_cache
def add_holidays(request: HttpRequest) -> HttpResponse:
    """New holidays, as many as are pasted."""
    frame = frame_of(request)
    form = HolidaysForm(sent(request))
    added = save(
        form,
        lambda: actions.add_holidays(closures=form.cleaned_data["lines"], by=acting(request)),
    )
    if added:
        said = ngettext("%(count)s holiday added.", "%(count)s holidays added.", len(added))
        messages.success(request, said % {"count": len(added)})
        return redirect("calendar")
    shown = {"frame": frame, "form": form}
    return render(request, "calendar/holidays.html", shown, status=status_of(form))


@never_cache
def edit_holiday(request: HttpRequest, closed_day_id: int) -> HttpResponse:
    """Changes a holiday."""
    by = acting(request)
    frame = frame_of(request)
    closed = queries.get_closed_day(closed_day_id, by=by)
    form = HolidayForm(sent(request), closed=closed)
    if save(
        form,
        lambda: actions.change_holiday(closed_day_id=closed_day_id, by=by, **form.cleaned_data),
    ):
        messages.success(request, _("Changes saved."))
        return redirect("calendar")
    shown = {"frame": frame, "form": form, "closed": closed}
    return render(request, "calendar/holiday.html", shown, status=status_of(form))


def remove_holiday(request: HttpRequest, closed_day_id: int) -> HttpResponse:
    """Takes a holiday out of the calendar."""
    actions.remove_holiday(closed_day_id=closed_day_id, by=acting(request))
    messages.success(request, _("The holiday is no longer in the calendar."))
    return redirect("calendar")
