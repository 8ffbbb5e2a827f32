"""The operations page and what can be done from it."""

from typing import Any, Final

from django import forms
from django.conf import settings
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy
from django.views.decorators.cache import never_cache

from core.http.forms import OneLine
from core.notices.frame import frame_of
from core.ops import actions, charts, parts, queries, queues, schedules, services, watching, words
from core.ops.forecasting import drained_in, per_second
from core.ops.queues import Queue
from core.people.models import User
from core.people.signed_in import signed_in
from core.refusals import NotFoundError

PER_PAGE: Final = 50
OFFERED: Final = 3  # numbers of workers on a queue's page, beside the present one


def around(request: HttpRequest) -> dict[str, Any]:
    """What every page and part of operations is shown with."""
    return {
        "frame": frame_of(request),
        "may_act": signed_in(request).is_operator,
        "flower": flower(),
        "words": words,
        "scale": services.scale_command,
    }


def flower() -> str:
    """Where Flower is, without a slash at the end: behind the proxy, unless settings say else."""
    return settings.FLOWER_URL.rstrip("/") or ("" if settings.DEBUG else "/flower")


@never_cache
def operations(request: HttpRequest) -> HttpResponse:
    """How the system runs, all on one page."""
    shown = around(request)
    for part in parts.PARTS.values():
        shown |= part.read(request)
    return render(request, "ops/operations.html", shown | {"parts": parts.PARTS})


@never_cache
def part(request: HttpRequest, part: str) -> HttpResponse:
    """One part of it, to be put in place of an outdated one."""
    found = parts.get_part(part)
    shown = around(request) | found.read(request) | {"parts": parts.PARTS}
    return render(request, f"ops/{part}.html", shown)


class PauseForm(forms.Form):
    """Why a queue is to rest."""

    reason = OneLine(label=lazy("Why"), max_length=500, required=False)


@never_cache
def queue(request: HttpRequest, queue: str) -> HttpResponse:
    """One queue: how it stands, what more workers would bring, how forecasts of it went."""
    found = next((each for each in queues.overview() if each.name == queue), None)
    if found is None:
        raise NotFoundError("There is no such queue.")
    hours = parts.hours_of(request)
    shown = {
        "queue": found,
        "form": PauseForm(),
        "offers": offers(found),
        "charts": charts.charts_of([queue], hours)[0],
        "hours": hours,
        "all_hours": charts.HOURS,
        "forecasts": list(watching.tried_forecasts(queue=queue)[: parts.SHOWN]),
    }
    return render(request, "ops/queue.html", around(request) | shown)


def offers(queue: Queue) -> list[tuple[int, float | None]]:
    """The present number of workers and the next ones, with the seconds that each would need."""
    each = queue.processes / queue.workers if queue.workers else 2
    return [
        (number, drained_in(queue.due, per_second(round(number * each), queue.capacity)))
        for number in range(max(queue.workers, 1), max(queue.workers, 1) + OFFERED + 1)
    ]


def pause(request: HttpRequest, queue: str) -> HttpResponse:
    """Has the queue rest."""
    form = PauseForm(request.POST)
    if not form.is_valid():
        messages.error(request, _("The reason is too long."))
        return redirect("ops-queue", queue)
    actions.pause_queue(queue=queue, reason=form.cleaned_data["reason"], by=signed_in(request).pk)
    messages.success(request, _("Paused. What runs already ends as usual."))
    return redirect("ops-queue", queue)


def resume(request: HttpRequest, queue: str) -> HttpResponse:
    """Has the queue go on."""
    actions.resume_queue(queue=queue, by=signed_in(request).pk)
    messages.success(request, _("Resumed: the workers were told."))
    return redirect("ops")


def run_schedule(request: HttpRequest, schedule: str) -> HttpResponse:
    """Fires a schedule beside its times."""
    schedules.run_schedule(name=schedule, by=signed_in(request).pk)
    messages.success(request, _("Fired: what follows from it waits for a worker."))
    return redirect("ops")


@never_cache
def audit(request: HttpRequest) -> HttpResponse:
    """What operators did, the latest first."""
    pages = Paginator(queries.audit().order_by("-pk"), PER_PAGE)
    page = pages.get_page(request.GET.get("page"))
    names = User.objects.filter(pk__in={each.actor_id for each in page if each.actor_id})
    shown = {"page": page, "names": dict(names.values_list("pk", "name"))}
    return render(request, "ops/audit.html", around(request) | shown)
