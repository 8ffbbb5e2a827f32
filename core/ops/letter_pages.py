"""The page of dead letters that died of one cause: what would become of them, and what does."""

from typing import Final

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy
from django.views.decorators.cache import never_cache

from core.http.forms import OneLine
from core.ops import actions, queries
from core.ops.orders import MOST, DiscardOrder, LetterFilter, RedriveOrder
from core.ops.pages import around
from core.ops.queries import Fate
from core.people.signed_in import signed_in

SHOWN: Final = 20  # letters


class RedriveForm(forms.Form):
    """How a group's letters are to run again."""

    limit = forms.IntegerField(
        label=lazy("How many at most"), min_value=1, max_value=MOST, initial=1000
    )
    canary = forms.BooleanField(
        label=lazy("One first; the others follow if it ends well"), required=False, initial=True
    )
    include_unknown = forms.BooleanField(
        label=lazy("Also confidential mails that may have arrived: they may come twice"),
        required=False,
    )
    reason = OneLine(label=lazy("Why"), max_length=500, required=False)


class DiscardForm(forms.Form):
    """Why a group's letters are given up."""

    limit = forms.IntegerField(
        label=lazy("How many at most"), min_value=1, max_value=MOST, initial=1000
    )
    reason = OneLine(
        label=lazy("Why"),
        max_length=500,
        error_messages={"required": lazy("Say why they are given up.")},
    )


@never_cache
def group(request: HttpRequest, group_id: str) -> HttpResponse:
    """The letters, and what running them again would do: counted, and nothing touched."""
    return _page(request, group_id, RedriveForm(prefix="again"), DiscardForm(prefix="up"))


def redrive(request: HttpRequest, group_id: str) -> HttpResponse:
    """Runs them again."""
    form = RedriveForm(request.POST, prefix="again")
    if not form.is_valid():
        return _page(request, group_id, form, DiscardForm(prefix="up"))
    order = RedriveOrder(filter=LetterFilter(group=group_id), **form.cleaned_data)
    done = actions.redrive_letters(order=order, by=signed_in(request).pk)
    if done.redrive is None:
        messages.error(request, _("None of them would run."))
    else:
        counts = {"released": done.redrive.released, "held": len(done.redrive.held)}
        messages.success(
            request, _("%(released)s of them run again now, %(held)s follow.") % counts
        )
    return redirect("ops")


def discard(request: HttpRequest, group_id: str) -> HttpResponse:
    """Gives them up."""
    form = DiscardForm(request.POST, prefix="up")
    if not form.is_valid():
        return _page(request, group_id, RedriveForm(prefix="again"), form)
    order = DiscardOrder(filter=LetterFilter(group=group_id), **form.cleaned_data)
    count = actions.discard_letters(order=order, by=signed_in(request).pk)
    messages.success(request, _("%(count)s given up.") % {"count": count})
    return redirect("ops")


def _page(request: HttpRequest, group_id: str, again: RedriveForm, up: DiscardForm) -> HttpResponse:
    letters = queries.get_group(group_id)
    fates = queries.count_fates(letters, include_unknown=False)
    shown = {
        "group": queries.groups().get(pk=group_id),
        "letters": list(letters.order_by("-pk")[:SHOWN]),
        "fates": {fate: count for fate, count in fates.items() if count or fate == Fate.RUN},
        "again": again,
        "up": up,
    }
    status = 422 if again.is_bound or up.is_bound else 200
    return render(request, "ops/letters_group.html", around(request) | shown, status=status)
