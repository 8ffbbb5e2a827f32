"""The page behind the link that ends mails: for whoever holds the mail, without signing in."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt

from core.notices import unsubscribing


# Mail programs send the POST themselves (RFC 8058), with neither a cookie nor a token of a form.
# There is nothing to forge: it needs no session, only the signed token, and can only end mails.
@csrf_exempt
@never_cache
def unsubscribe(request: HttpRequest, token: str) -> HttpResponse:
    """Asks first, as scanners of mail follow links; ends the mails when it is sent."""
    ending = unsubscribing.ending_of(token)
    undo = unsubscribing.unsubscribe(ending) if request.method == "POST" else ""
    return _page(request, ending, token, undo=undo, state="ended" if undo else "asked")


@never_cache
def resubscribe(request: HttpRequest, token: str) -> HttpResponse:
    """Takes it back."""
    ending = unsubscribing.ending_of(token)
    unsubscribing.undo(ending, request.POST.get("undo", ""))
    return _page(request, ending, token, state="undone")


def _page(
    request: HttpRequest, ending: unsubscribing.Ending, token: str, *, state: str, undo: str = ""
) -> HttpResponse:
    what = ending.kind.label if ending.kind else ""
    shown = {"what": what, "token": token, "undo": undo, "state": state}
    return render(request, "notices/unsubscribe.html", shown)
