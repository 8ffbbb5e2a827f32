"""Categories of tickets over HTTP."""

from typing import Final

from django.http import HttpRequest
from ninja import Query, Router, Status

from core.http.lists import Order, Page, Wanted, read_page
from core.people.acting import acting
from core.tickets import category_actions, queries
from core.tickets.bodies import CategoryChange, CategoryDraft, CategoryTold
from core.tickets.models import TicketCategory

router = Router(tags=["tickets"])

BY_NAME: Final = Order(TicketCategory, "name", "id")


@router.get(
    "ticket-categories",
    response=Page[CategoryTold],
    operation_id="list_ticket_categories",
    summary="Categories of tickets",
)
def list_categories(request: HttpRequest, wanted: Query[Wanted]) -> Page[CategoryTold]:
    """The centre's categories by name. A centre that has none yet gets the usual ones."""
    centre_id = acting(request).centre_id
    category_actions.offer_categories(centre_id=centre_id)
    return read_page(queries.categories_of(centre_id), BY_NAME, wanted, CategoryTold.of)


@router.post(
    "ticket-categories",
    response={201: CategoryTold},
    operation_id="add_ticket_category",
    summary="Add a category",
)
def add_category(request: HttpRequest, given: CategoryDraft) -> Status[CategoryTold]:
    """Adds a category for the centre's tickets; 409 where there is one of this name."""
    category = category_actions.add_category(name=given.name, by=acting(request))
    return Status(201, CategoryTold.of(category))


@router.patch(
    "ticket-categories/{int:category_id}",
    response=CategoryTold,
    operation_id="change_ticket_category",
    summary="Change a category",
)
def change_category(request: HttpRequest, category_id: int, given: CategoryChange) -> CategoryTold:
    """Renames it, or takes it out of use or back; the tickets that have it keep it."""
    changes = given.model_dump(exclude_unset=True)
    return CategoryTold.of(
        category_actions.change_category(category_id=category_id, by=acting(request), **changes)
    )
