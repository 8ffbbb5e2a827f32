"""The settings of a centre, and the stylesheet with its colour."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache

from core.centres import actions
from core.centres.colour import is_colour, text_on
from core.centres.forms import CentreForm
from core.centres.queries import own_centre
from core.http.forms import save, sent, status_of
from core.notices.frame import frame_of
from core.people.acting import acting


@never_cache
def settings(request: HttpRequest) -> HttpResponse:
    """What the centre is called, where its clocks stand, and how its pages look."""
    by = acting(request)
    frame = frame_of(request)
    form = CentreForm(sent(request), centre=own_centre(by))
    changed = save(
        form,
        lambda: actions.change_centre(centre_id=by.centre_id, by=by.user_id, **form.cleaned_data),
    )
    if changed:
        messages.success(request, _("Changes saved."))
        return redirect("centre-settings")
    shown = {"frame": frame, "form": form}
    return render(request, "centres/settings.html", shown, status=status_of(form))


def stylesheet(request: HttpRequest) -> HttpResponse:
    """A colour as CSS: `?colour=0f6e77`. It holds nothing else, so it may be kept for ever.

    A stylesheet of its own, because the pages' policy allows no styles within them.
    """
    colour = f"#{request.GET.get('colour', '')}"
    if not is_colour(colour):
        raise Http404
    css = f":root {{ --centre: {colour}; --on-centre: {text_on(colour)}; }}\n"
    answer = HttpResponse(css, content_type="text/css; charset=utf-8")
    answer.headers["Cache-Control"] = "public, max-age=31536000, immutable"
    return answer
