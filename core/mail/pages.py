"""The mailbox of development: what the catching mail server caught."""

from collections.abc import Sequence
from hashlib import sha256
from pathlib import Path
from typing import Final

from django.conf import settings
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.clickjacking import xframe_options_sameorigin
from django_htmx.middleware import HtmxDetails

from core.mail.mailbox import MailHead, WholeMail, find_mail, list_mails

PER_PAGE: Final = 50
# A stranger's HTML: no scripts, no forms, nothing fetched, no way to the portal around it.
MAIL_POLICY: Final = "sandbox; default-src 'none'; style-src 'unsafe-inline'; img-src data:"


@never_cache
def mailbox(request: HttpRequest) -> HttpResponse:
    """Caught mails, newest first; `?to=` keeps those to a recipient. The list renews itself."""
    to = request.GET.get("to", "")
    mails = list_mails(folder(), to=to)
    page = Paginator(mails, PER_PAGE).get_page(request.GET.get("page"))
    state = state_of(mails)
    is_part = bool(HtmxDetails(request))
    if is_part and request.GET.get("state") == state:
        return HttpResponse(status=204)  # htmx then leaves the list, and the focus in it, alone
    template = "mailbox/mails.html" if is_part else "mailbox/mailbox.html"
    return render(request, template, {"page": page, "to": to, "state": state})


@never_cache
def mail(request: HttpRequest, mail_id: str) -> HttpResponse:
    """One mail: headers, text, and its HTML in a frame that can do nothing."""
    return render(request, "mailbox/mail.html", {"mail": mail_or_404(mail_id)})


@never_cache
@xframe_options_sameorigin
def mail_html(request: HttpRequest, mail_id: str) -> HttpResponse:
    """The HTML alternative as it came, locked up."""
    html = mail_or_404(mail_id).html
    return HttpResponse(html, headers={"Content-Security-Policy": MAIL_POLICY})


def folder() -> Path:
    """Where the catching mail server keeps its mails."""
    if not settings.MAILBOX_DIR:
        raise Http404
    return Path(settings.MAILBOX_DIR)


def mail_or_404(mail_id: str) -> WholeMail:
    """The mail, if it is one of those listed."""
    found = find_mail(folder(), mail_id)
    if found is None:
        raise Http404
    return found


def state_of(mails: Sequence[MailHead]) -> str:
    """A short mark that changes when a mail comes or goes."""
    names = "\n".join(each.mail_id for each in mails)
    return sha256(names.encode()).hexdigest()[:16]
