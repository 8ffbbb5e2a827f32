"""The pages on which people choose how they are told, and admins when no mail is sent."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache

from core import clock
from core.notices import preferences, quiet, quieting
from core.notices.frame import frame_of
from core.notices.kinds import MANDATORY, PER_CHILD
from core.notices.models import DigestFrequency, NoticeKind
from core.notices.preferences import Choice, Way
from core.people.acting import acting
from core.people.actor import Actor
from core.people.models import Centre, Role, User
from core.people.signed_in import signed_in
from core.refusals import InvalidError


@dataclass(frozen=True, slots=True)
class Row:
    """A kind of notice in a table of choices."""

    kind: NoticeKind
    way: Way
    is_fixed: bool


@dataclass(frozen=True, slots=True)
class Section:
    """The choices for one child; `is_apart` when they are not those for all."""

    child: User
    rows: list[Row]
    is_apart: bool


@never_cache
def choose(request: HttpRequest) -> HttpResponse:
    """What the portal calls for and what is mailed, by kind and by child."""
    frame = frame_of(request)
    if request.method == "POST":
        save(signed_in(request).pk, request.POST)
        messages.success(request, _("Your choices are saved."))
        return redirect("preferences")
    children = preferences.children_of(frame.person.pk)
    chosen = preferences.preferences_of(frame.person.pk, children)
    actor: Actor | None = acting(request)  # none for a person without a centre
    shown = {
        "frame": frame,
        "rows": [Row(kind, each.way, kind in MANDATORY) for kind, each in chosen.items()],
        "sections": list(sections_of(children, chosen)),
        "frequency": preferences.frequency_of(frame.person.pk),
        "frequencies": DigestFrequency.choices,
        "sets_quiet_hours": actor is not None and actor.is_any(Role.ADMIN),
    }
    return render(request, "notices/preferences.html", shown)


def sections_of(
    children: list[User], chosen: dict[NoticeKind, preferences.Chosen]
) -> Iterator[Section]:
    """One for each child, with what counts for it at present."""
    for child in children:
        ways = {kind: chosen[kind].children[child.pk] for kind in chosen if kind in PER_CHILD}
        rows = [Row(kind, way or chosen[kind].way, is_fixed=False) for kind, way in ways.items()]
        yield Section(child, rows, is_apart=any(ways.values()))


def save(user_id: int, sent: QueryDict) -> None:
    """What the page's checkboxes say. A digest is mail: without the tick for email it is none.

    A page of the older release, which runs beside, has no choice for the portal: it stays then.
    """
    has_portal = "has-portal" in sent

    def choice(kind: NoticeKind, of: str = "") -> Choice:
        email = f"email-{kind}{of}" in sent
        portal = f"portal-{kind}{of}" in sent if has_portal else None
        return Choice(email, email and f"digest-{kind}{of}" in sent, portal)

    children = preferences.children_of(user_id)
    chosen = {}
    for kind in NoticeKind:
        apart = {
            each.pk: choice(kind, f"-{each.pk}") if f"apart-{each.pk}" in sent else None
            for each in (children if kind in PER_CHILD else ())
        }
        if kind not in MANDATORY:
            chosen[kind] = replace(choice(kind), children=apart)
    preferences.choose_preferences(user_id=user_id, chosen=chosen)
    frequency = str(sent.get("frequency", ""))
    if frequency in DigestFrequency.values:
        preferences.choose_frequency(user_id=user_id, frequency=DigestFrequency(frequency))


class QuietHoursForm(forms.Form):
    """Two times of the centre's clocks, and whether closed days are quiet."""

    begins = forms.TimeField(label=gettext_lazy("From"), required=False)
    ends = forms.TimeField(label=gettext_lazy("Until"), required=False)
    on_closed_days = forms.BooleanField(
        label=gettext_lazy("All day on closed days"), required=False
    )


@never_cache
def quiet_hours(request: HttpRequest) -> HttpResponse:
    """When the centre sends no mail."""
    frame, by = frame_of(request), acting(request)
    centre = Centre.objects.get(pk=by.centre_id)
    hours = quiet.hours_of(centre)
    initial = {
        "begins": f"{hours.begins:%H:%M}" if hours.begins else "",
        "ends": f"{hours.ends:%H:%M}" if hours.ends else "",
        "on_closed_days": hours.on_closed_days,
    }
    form = QuietHoursForm(request.POST if request.method == "POST" else None, initial=initial)
    if form.is_valid() and set_hours(form, by):
        messages.success(request, _("The quiet hours are saved."))
        return redirect("quiet-hours")
    until = hours.until(clock.now(), quiet.closed_days_of(centre.pk))
    shown = {"frame": frame, "form": form, "until": until}
    return render(request, "notices/quiet_hours.html", shown, status=422 if form.is_bound else 200)


def set_hours(form: QuietHoursForm, by: Actor) -> bool:
    """Set them; the form says why not."""
    try:
        quieting.set_quiet_hours(**form.cleaned_data, by=by)
    except InvalidError as error:
        form.add_error(error.loc, _("Give two different times, or neither."))
        return False
    return True
