"""The page of one report: how it stands, what it says, and what can be done with it."""

from collections.abc import Callable
from typing import Any, Final

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django_htmx.middleware import HtmxDetails

from core.http.bodies import id_from
from core.http.forms import save
from core.live.entries import heads
from core.notices.frame import Frame, frame_of
from core.people.acting import acting
from core.people.actor import Actor
from core.refusals import ConflictError, NotAllowedError
from core.reports import actions, queries, releasing
from core.reports.content import Table
from core.reports.differences import differences_between
from core.reports.formats.values import words_for
from core.reports.forms import ReleaseForm, ReviewForm
from core.reports.kind import LABELS, Audience
from core.reports.kinds import kind_called
from core.reports.making import Order
from core.reports.models import MADE, Decision, Report, ReportVersion
from core.reports.offers import Offers
from core.reports.sealing import snapshot_of
from core.reports.showing import sheet_for
from core.reports.standing import standing_of
from core.reports.steps import BADGES, PLACES, STAGES, steps_of
from core.reports.streams import stream_of
from core.reports.words import title_of

PAGES_AT_ONCE: Final = 20  # pictures of pages
PEOPLE_AT_ONCE: Final = 50


@never_cache
def report(request: HttpRequest, report_id: int) -> HttpResponse:
    """One report; for htmx what of it changes by itself."""
    target = HtmxDetails(request).target
    if target == "report-standing":
        return standing(request, queries.get_report(report_id, by=acting(request)))
    return show(request, report_id, is_part=target == "report-now")


def show(
    request: HttpRequest,
    report_id: int,
    *,
    review_form: ReviewForm | None = None,
    release_form: ReleaseForm | None = None,
    is_part: bool = False,
) -> HttpResponse:
    """The report's page, with a form that came back or with empty ones."""
    by = acting(request)
    frame = frame_of(request)
    stream = stream_of(report_id)
    live_after = heads([stream])[stream]  # before what the page shows is read
    found = queries.get_report(report_id, by=by)
    at = reverse("report", args=[report_id])  # also where a form came back from its own address
    shown = standing_shown(found) | document_shown(request, found, by)
    shown |= {
        "frame": frame,
        "stream": stream,
        "live_after": live_after,
        "offers": Offers.of(found, by),
        "review_form": review_form or ReviewForm(),
        "release_form": release_form or _release_form(found, frame, None),
        "reviews": list(queries.reviews_of(found)),
        "reception": queries.reception_of(found),
        "at": at,
        "here": f"{at}?{request.GET.urlencode()}",
    }
    template = "reports/now.html" if is_part else "reports/report.html"
    return render(request, template, shown, status=422 if review_form or release_form else 200)


def standing(request: HttpRequest, found: Report) -> HttpResponse:
    """How a report stands; once it is made, the page is told to fetch all of it, socket or not."""
    answer = render(request, "reports/standing.html", standing_shown(found))
    if not found.is_live:
        answer.headers["HX-Trigger"] = "schoolbell:stream"
    return answer


def standing_shown(found: Report) -> dict[str, Any]:
    """What a page says of how a report stands."""
    latest = queries.version_of(found)
    return {
        "report": found,
        "title": title_of(found),
        "latest": latest,
        "standing": standing_of(found, latest),
        "place": PLACES[found.state],
        "steps": list(steps_of(found)),
        "stages": STAGES,
        "badges": BADGES,
        "labels": LABELS,
    }


def document_shown(request: HttpRequest, found: Report, by: Actor) -> dict[str, Any]:
    """What a page shows of the version, and the pupil's card, that the address names."""
    student_id = id_from(request.GET.get("student", ""))
    number = id_from(request.GET.get("v", "")) or found.number
    version = queries.version_of(found, number)
    wanted = None if number == found.number else number
    sheet = sheet_for(found.pk, number=wanted, student_id=student_id, by=by)
    pages = Paginator(range(1, sheet.pages + 1) if sheet else (), PAGES_AT_ONCE)
    return {
        "version": version,
        "sheet": sheet,
        "sheet_pages": pages.get_page(request.GET.get("page")),
        "student_id": student_id,
        "cards": list(version.cards.order_by("place")) if found.state in MADE else [],
        "versions": list(queries.made_of(found)),
    }


def cancel(request: HttpRequest, report_id: int) -> HttpResponse:
    """Stops a report that is not made yet."""
    done = _("Cancelled. You can have it made anew.")
    return carry_out(request, report_id, done, actions.cancel_report)


def remake(request: HttpRequest, report_id: int) -> HttpResponse:
    """Has a new version made."""
    done = _("A new version is being made. Those before it stay.")
    return carry_out(request, report_id, done, actions.remake_report)


def submit(request: HttpRequest, report_id: int) -> HttpResponse:
    """Has somebody else review it."""
    done = _("Submitted. Those who can review it are being told.")
    return carry_out(request, report_id, done, actions.submit_report)


def recall(request: HttpRequest, report_id: int) -> HttpResponse:
    """Takes a release back, or calls one off."""
    done = _("Taken back. Nobody it was released to can open it.")
    return carry_out(request, report_id, done, releasing.recall_report)


def review(request: HttpRequest, report_id: int) -> HttpResponse:
    """Approves a report, or asks for changes; the page says what is missing."""
    by = acting(request)
    queries.get_report(report_id, by=by)
    form = ReviewForm(request.POST)

    def act() -> Report:
        return actions.review_report(
            report_id=report_id,
            decision=Decision(form.cleaned_data["decision"]),
            comment=form.cleaned_data["comment"],
            by=by,
        )

    done = _tried(request, lambda: save(form, act))
    if done is None and form.errors:
        return show(request, report_id, review_form=form)
    if done:
        messages.success(request, _("Your review is kept, and who asked for it is being told."))
    return redirect("report", report_id)


def release(request: HttpRequest, report_id: int) -> HttpResponse:
    """Gives a report to its audience, now or at a time; the page says what is missing."""
    by = acting(request)
    found = queries.get_report(report_id, by=by)
    form = _release_form(found, frame_of(request), request.POST)

    def act() -> Report:
        return releasing.release_report(report_id=report_id, **form.given, by=by)

    done = _tried(request, lambda: save(form, act))
    if done is None and form.errors:
        return show(request, report_id, release_form=form)
    if done and done.release_at:
        messages.success(
            request, _("It will be released by itself. Until then you can call it off.")
        )
    elif done:
        messages.success(request, _("Released. Those it is for are being told."))
    return redirect("report", report_id)


@never_cache
def recipients(request: HttpRequest, report_id: int) -> HttpResponse:
    """To whom the latest version was released, and who has opened or saved it."""
    by = acting(request)
    frame = frame_of(request)
    found = queries.get_report(report_id, by=by)
    people = queries.recipients_of(found).order_by("person__name", "pk")
    shown = {
        "frame": frame,
        "report": found,
        "title": title_of(found),
        "reception": queries.reception_of(found),
        "page": Paginator(people, PEOPLE_AT_ONCE).get_page(request.GET.get("page")),
    }
    return render(request, "reports/recipients.html", shown)


@never_cache
def differences(request: HttpRequest, report_id: int) -> HttpResponse:
    """What is other between two versions: by default the latest and the one before it."""
    by = acting(request)
    frame = frame_of(request)
    found = queries.get_report(report_id, by=by)
    versions = list(queries.made_of(found))
    after = _one_of(versions, request.GET.get("after"), 0)
    before = _one_of(versions, request.GET.get("before"), 1)
    shown: dict[str, Any] = {"frame": frame, "report": found, "title": title_of(found)}
    shown |= {"versions": versions, "before": before, "after": after, "found": None}
    if before and after:
        pair = (snapshot_of(before), snapshot_of(after))
        shown["found"] = differences_between(kind_called(found.kind), *pair)
        shown["words"] = _words_by_figure(found, after)
    return render(request, "reports/differences.html", shown)


def carry_out(
    request: HttpRequest, report_id: int, done: str, action: Callable[..., object]
) -> HttpResponse:
    """Do it, and lead back to the report, which says that it is done or why it is not."""
    if _tried(request, lambda: action(report_id=report_id, by=acting(request))):
        messages.success(request, done)
    return redirect("report", report_id)


def _tried(request: HttpRequest, action: Callable[[], Any]) -> Any:
    """What the action answered; None, and the next page says why, when it cannot be done."""
    try:
        return action()
    except (ConflictError, NotAllowedError) as error:
        messages.error(request, _(str(error)))
        return None


def _release_form(found: Report, frame: Frame, data: Any) -> ReleaseForm:
    """With those for whom this report can be: families where there are cards of single pupils."""
    possible = kind_called(found.kind).audiences
    if not queries.version_of(found).cards.exists():
        possible = (Audience.STAFF,)
    return ReleaseForm(data, zone=frame.zone, audiences=possible)


def _one_of(versions: list[ReportVersion], asked: str | None, usual: int) -> ReportVersion | None:
    if asked:
        return next((each for each in versions if str(each.number) == asked), None)
    return versions[usual] if len(versions) > usual else None


def _words_by_figure(found: Report, version: ReportVersion) -> dict[str, Callable[[str], str]]:
    """How each figure is written: as in the column of the report that has its title."""
    order = Order.of(found, version)
    if not order.is_of_now:
        return {}
    parts = order.kind.compose(snapshot_of(version), order.setting)
    tables = (part for part in parts if isinstance(part, Table))
    language = get_language() or ""
    return {
        column.title: words_for(column.type, language)
        for table in tables
        for column in table.columns
    }
