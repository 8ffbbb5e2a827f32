"""The page on which admins keep the categories of tickets."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache

from core.notices.frame import frame_of
from core.people.acting import acting
from core.refusals import ConflictError
from core.tickets import category_actions, queries
from core.tickets.forms import CategoryForm


@never_cache
def categories(request: HttpRequest) -> HttpResponse:
    """The centre's categories, and a form for a new one."""
    by = acting(request)
    frame = frame_of(request)
    category_actions.offer_categories(centre_id=by.centre_id)
    form = CategoryForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        try:
            category_actions.add_category(name=form.cleaned_data["name"], by=by)
        except ConflictError:
            form.add_error("name", taken())
        else:
            return redirect("ticket-categories")
    shown = {"frame": frame, "form": form, "categories": queries.categories_of(by.centre_id)}
    return render(request, "tickets/categories.html", shown, status=422 if form.is_bound else 200)


def change(request: HttpRequest, category_id: int) -> HttpResponse:
    """Renames a category, or takes it out of use or back."""
    by = acting(request)
    queries.get_category(category_id, by=by)
    try:
        if active := request.POST.get("active"):
            is_active = active == "yes"
            category_actions.change_category(category_id=category_id, active=is_active, by=by)
        else:
            rename(request, category_id)
    except ConflictError:
        messages.error(request, taken())
    return redirect("ticket-categories")


def rename(request: HttpRequest, category_id: int) -> None:
    """Give it the name that was sent, if it is one."""
    form = CategoryForm(request.POST)
    if not form.is_valid():
        messages.error(request, str(form.errors["name"][0]))
        return
    name = form.cleaned_data["name"]
    category_actions.change_category(category_id=category_id, name=name, by=acting(request))


def taken() -> str:
    """What is said of a name that there is already."""
    return _("There is a category of this name already.")
