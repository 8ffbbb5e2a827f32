"""A report's document in the browser: saved, as pictures, in a frame; and what is released."""

from typing import Any, Final

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils.cache import get_conditional_response
from django.utils.translation import gettext_noop
from django.views.decorators.cache import never_cache
from django.views.decorators.clickjacking import xframe_options_sameorigin
from django_htmx.middleware import HtmxDetails

from core.files.serving import show_page
from core.http.bodies import id_from
from core.live.entries import heads
from core.notices.frame import frame_of
from core.people.acting import acting
from core.refusals import ConflictError, NotFoundError
from core.reports import queries
from core.reports.contents import NOT_MADE, Found, find_content, send_content
from core.reports.formats.pages import picture_of
from core.reports.formats.style import STYLE_CSP
from core.reports.kind import LABELS, Format
from core.reports.models import ReportRecipient
from core.reports.queries import Released
from core.reports.releasing import note_opened
from core.reports.report_pages import PAGES_AT_ONCE
from core.reports.showing import sheet_of
from core.reports.storage import path_of
from core.reports.streams import stream_of
from core.reports.words import title_of

WIDTH: Final = 1_240  # pixels of a page's picture: A4 at 150 dots per inch
PER_PAGE: Final = 30
NO_PAGE: Final = gettext_noop("There is no such page.")
# A document in its frame: no scripts, no forms, nothing fetched, in a frame of ours alone.
POLICY: Final = (
    f"default-src 'none'; style-src {STYLE_CSP}; img-src data:; frame-ancestors 'self'; sandbox"
)


def save_file(request: HttpRequest, report_id: int) -> HttpResponseBase:
    """The file, to be saved; of who is a recipient, it is remembered that they have it."""
    found = _found(request, report_id)
    if found.recipient is None:  # the office sees it anyway, and may be among its recipients
        note_opened(_own_of(request, found), downloaded=True)
    return send_content(request, found)


def picture(request: HttpRequest, report_id: int, page: int) -> HttpResponseBase:
    """A page of a PDF as a picture."""
    found = _found(request, report_id)
    if found.report.format != Format.PDF:
        raise NotFoundError(NO_PAGE)
    etag = f'"{found.sha256}-{page}-{WIDTH}"'
    unchanged = get_conditional_response(request, etag=etag)
    if unchanged is not None:
        return unchanged
    try:
        drawn = picture_of(path_of(found.version.folder) / found.file_name, page, WIDTH)
    except IndexError:
        raise NotFoundError(NO_PAGE) from None
    # Kept by the browser, but asked for each time: what is recalled is gone.
    headers = {"ETag": etag, "Cache-Control": "private, no-cache"}
    return HttpResponse(drawn, content_type="image/png", headers=headers)


@xframe_options_sameorigin
def view(request: HttpRequest, report_id: int) -> HttpResponseBase:
    """A web page that was made, for a frame in which it can do nothing."""
    found = _found(request, report_id)
    if found.report.format != Format.HTML:
        raise NotFoundError(NO_PAGE)
    path = path_of(found.version.folder) / found.file_name
    return show_page(request, path, sha256=found.sha256, policy=POLICY)


@never_cache
def released(request: HttpRequest) -> HttpResponse:
    """What is released to the reader; for htmx the list alone."""
    frame = frame_of(request)
    pages = Paginator(queries.released_to(acting(request)), PER_PAGE)
    shown = {
        "frame": frame,
        "page": pages.get_page(request.GET.get("page")),
        "title_of": title_of,
        "labels": LABELS,
        "here": request.get_full_path(),
    }
    is_part = HtmxDetails(request).target == "released-list"
    template = "reports/released_list.html" if is_part else "reports/released.html"
    return render(request, template, shown)


@never_cache
def released_report(request: HttpRequest, report_id: int) -> HttpResponse:
    """A report as it is released to the reader: all of it, or the card of one pupil."""
    by = acting(request)
    shown: dict[str, Any] = {"frame": frame_of(request), "stream": stream_of(report_id)}
    shown["live_after"] = heads([shown["stream"]])[shown["stream"]]
    is_part = HtmxDetails(request).target == "released-now"
    try:
        got = queries.get_released(report_id, by=by)
    except NotFoundError:
        if not queries.was_recalled(report_id, by=by):
            raise
        gone = "reports/recalled_now.html" if is_part else "reports/recalled.html"
        # htmx puts nothing in place of a page that is not there any more.
        return render(request, gone, shown, status=200 if is_part else 404)
    shown |= _opened(request, got)
    template = "reports/released_now.html" if is_part else "reports/released_report.html"
    return render(request, template, shown)


def _opened(request: HttpRequest, got: Released) -> dict[str, Any]:
    """What the page shows of the card, or of all; it is remembered that the reader has seen it."""
    chosen = _chosen(request, got.recipients)
    found = Found(got.report, chosen.version, chosen.card, chosen)
    if not path_of(found.version.folder).exists():
        raise ConflictError(NOT_MADE)
    note_opened([chosen])
    sheet = sheet_of(found)
    pages = Paginator(range(1, sheet.pages + 1), PAGES_AT_ONCE)
    return {
        "report": got.report,
        "title": title_of(got.report),
        "version": chosen.version,
        "recipients": got.recipients,
        "chosen": chosen,
        "student_id": chosen.card.student_id if chosen.card else None,
        "sheet": sheet,
        "sheet_pages": pages.get_page(request.GET.get("page")),
        "at": request.path,
        "here": request.get_full_path(),
    }


def _chosen(request: HttpRequest, got: tuple[ReportRecipient, ...]) -> ReportRecipient:
    """Of several cards the one that is asked for, or the first."""
    asked = request.GET.get("student")
    if not asked:
        return got[0]
    student_id = id_from(asked)
    for each in got:
        if each.card and each.card.student_id == student_id:
            return each
    raise NotFoundError(queries.NO_REPORT)


def _found(request: HttpRequest, report_id: int) -> Found:
    """The file that the address names: `?v=` a version, `?student=` a pupil's card."""
    number, student = request.GET.get("v"), request.GET.get("student")
    return find_content(
        report_id,
        number=id_from(number) or 0 if number else None,
        student_id=id_from(student) or 0 if student else None,
        by=acting(request),
    )


def _own_of(request: HttpRequest, found: Found) -> list[ReportRecipient]:
    """What of the file was released to the reader themselves."""
    own = queries.released_to(acting(request)).filter(version=found.version)
    return list(own.filter(card=found.card) if found.card else own.filter(card=None))
