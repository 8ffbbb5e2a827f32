"""Backups on the operations page."""

from typing import Final

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy
from django.views.decorators.cache import never_cache

from core.backups import actions, queries
from core.backups.models import BackupState
from core.notices.frame import frame_of
from core.people.signed_in import signed_in

SHOWN: Final = 8
STATES: Final = {
    BackupState.RUNNING: lazy("being made"),
    BackupState.GOOD: lazy("good"),
    BackupState.FAILED: lazy("failed"),
    BackupState.PRUNED: lazy("made way"),
}


@never_cache
def panel(request: HttpRequest) -> HttpResponse:
    """The latest ones, and whether there is one that can be restored."""
    shown = {
        "frame": frame_of(request),
        "may_act": signed_in(request).is_operator,
        "good": queries.latest_good(),
        "backups": queries.recent(SHOWN),
        "states": STATES,
    }
    return render(request, "backups/panel.html", shown)


def make(request: HttpRequest) -> HttpResponse:
    """Has one made now."""
    actions.ask_for_backup(by=signed_in(request).pk)
    messages.success(request, _("A backup is made as soon as a worker is free."))
    return redirect("ops")
