"""The pages on which reports are saved that come by themselves, and ended."""

from typing import Any, Final

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy
from django.views.decorators.cache import never_cache

from core import clock
from core.http.forms import sent
from core.language.dates import local
from core.notices.frame import frame_of
from core.people.acting import acting
from core.people.actor import Actor
from core.refusals import InvalidError, NotFoundError
from core.reports.asking import FEW, NO_DAY, NONE_CHOSEN, PARAMS, AskForm
from core.reports.kind import LABELS, Kind
from core.reports.kinds import kinds
from core.reports.models import Every
from core.reports.recurring import (
    PERIOD,
    end_recurring,
    has_period,
    readers_for,
    recurring_for,
    save_recurring,
)
from core.reports.rhythm import Rhythm

MORNING: Final = 7
HOURS: Final = [(hour, f"{hour:02}:00") for hour in range(24)]


class RecurForm(AskForm):
    """Which report is to come, how often, and for whom."""

    every = forms.ChoiceField(label=lazy("How often"), choices=Every.choices)
    first_on = forms.DateField(
        label=lazy("First on"),
        help_text=lazy("It keeps to this weekday, or day of the month."),
        error_messages=NO_DAY,
    )
    hour = forms.TypedChoiceField(label=lazy("At"), choices=HOURS, coerce=int)
    readers = forms.MultipleChoiceField(label=lazy("For whom"), error_messages=NONE_CHOSEN)

    def __init__(self, data: Any, *, kind: Kind, zone: str, by: Actor) -> None:
        super().__init__(data, kind=kind, zone=zone, by=by)
        for name in PERIOD if has_period(kind) else ():  # the days between two times
            del self.fields[PARAMS + name]
            del self.properties[name]
        people = readers_for(kind, by.centre_id).values_list("user_id", "user__name")
        self.fields["readers"].choices = [(str(pk), name) for pk, name in people]  # type: ignore[attr-defined]
        if data is None:
            today = local(clock.now(), zone).date()
            usual = {"every": Every.WEEK, "first_on": today.isoformat(), "hour": MORNING}
            self.initial.update(usual, readers=[str(by.user_id)])

    @property
    def saved(self) -> dict[str, Any]:
        """The arguments for saving."""
        given = self.cleaned_data
        rhythm = Rhythm(every=Every(given["every"]), first_on=given["first_on"], hour=given["hour"])
        return self.given | {"rhythm": rhythm, "readers": [int(each) for each in given["readers"]]}


@never_cache
def recurring(request: HttpRequest) -> HttpResponse:
    """The reports that come by themselves, the next first."""
    by = acting(request)
    saved = list(recurring_for(by))
    shown = {
        "frame": frame_of(request),
        "saved": saved,
        "kinds": [each for each in kinds().values() if by.is_any(*each.asked_by)],
        "titles": {each.name: each.title for each in kinds().values()},
        "labels": LABELS,
    }
    return render(request, "reports/recurring.html", shown)


@never_cache
def recur(request: HttpRequest) -> HttpResponse:
    """The form for one more; takes it."""
    by = acting(request)
    frame = frame_of(request)
    if "kind" not in request.GET:
        return redirect("recurring-reports")
    kind = kinds().get(request.GET["kind"])
    if kind is None or not by.is_any(*kind.asked_by):
        raise NotFoundError("There is no such kind of report.")
    form = RecurForm(sent(request), kind=kind, zone=frame.zone, by=by)
    if form.is_valid() and _saved(form, by):
        messages.success(request, _("Saved. It comes by itself from now on."))
        return redirect("recurring-reports")
    shown = {
        "frame": frame,
        "kind": kind,
        "form": form,
        "few": FEW,
        "has_period": has_period(kind),
    }
    return render(request, "reports/recur.html", shown, status=422 if form.errors else 200)


def end(request: HttpRequest, recurring_id: int) -> HttpResponse:
    """It comes no more."""
    end_recurring(recurring_id=recurring_id, by=acting(request))
    messages.success(request, _("Ended. What was made stays."))
    return redirect("recurring-reports")


def _saved(form: RecurForm, by: Actor) -> bool:
    """Whether it is saved; the form says why when it is not."""
    try:
        save_recurring(**form.saved, by=by)
    except InvalidError as error:
        form.complain(error)
        return False
    return True
