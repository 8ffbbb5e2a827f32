"""Centres over HTTP: the own one, and all of them for operators."""

from typing import Final

from django.http import HttpRequest
from ninja import Query, Router, Status

from core.centres import actions, queries
from core.centres.bodies import CentreChange, CentreDraft, CentreSettings
from core.http.lists import Order, Page, Wanted, read_page
from core.people.acting import acting
from core.people.models import Centre
from core.people.signed_in import signed_in

router = Router(tags=["centres"])

BY_SLUG: Final = Order(Centre, "slug")


@router.get("centre", response=CentreSettings, operation_id="get_centre", summary="The own centre")
def get_centre(request: HttpRequest) -> CentreSettings:
    """The centre that one acts in: its name, time zone, language and colour."""
    return CentreSettings.of(queries.own_centre(acting(request)))


@router.patch(
    "centre",
    response=CentreSettings,
    operation_id="change_own_centre",
    summary="Change the own centre",
)
def change_own_centre(request: HttpRequest, given: CentreChange) -> CentreSettings:
    """Changes what is given. The colour must stand out from white and from black."""
    by = acting(request)
    changes = given.model_dump(exclude_unset=True)
    return CentreSettings.of(
        actions.change_centre(centre_id=by.centre_id, by=by.user_id, **changes)
    )


@router.get(
    "ops/centres",
    response=Page[CentreSettings],
    operation_id="list_centres",
    summary="All centres",
)
def list_centres(request: HttpRequest, wanted: Query[Wanted]) -> Page[CentreSettings]:
    """Every centre of the portal, by slug; nothing of the people in them."""
    return read_page(queries.all_centres(), BY_SLUG, wanted, CentreSettings.of)


@router.post(
    "ops/centres",
    response={201: CentreSettings},
    operation_id="open_centre",
    summary="Open a centre",
)
def open_centre(request: HttpRequest, given: CentreDraft) -> Status[CentreSettings]:
    """Makes a centre, still without people."""
    centre = actions.open_centre(**dict(given), by=signed_in(request).pk)
    return Status(201, CentreSettings.of(centre))


@router.patch(
    "ops/centres/{int:centre_id}",
    response=CentreSettings,
    operation_id="change_centre",
    summary="Change a centre",
)
def change_centre(request: HttpRequest, centre_id: int, given: CentreChange) -> CentreSettings:
    """Changes what is given of any centre."""
    changes = given.model_dump(exclude_unset=True)
    by = signed_in(request).pk
    return CentreSettings.of(actions.change_centre(centre_id=centre_id, by=by, **changes))
