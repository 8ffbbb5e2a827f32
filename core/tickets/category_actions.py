"""All that changes the categories of tickets."""

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from core.events.publish import publish
from core.people.actor import Actor
from core.refusals import ConflictError
from core.tickets import queries
from core.tickets.events import TicketCategoryAdded, TicketCategoryChanged
from core.tickets.models import TicketCategory

TAKEN = "There is a category of this name already."


def default_names() -> list[str]:
    """What most schools ask their staff for, in the present language."""
    return [
        _("Devices and network"),
        _("Account and password"),
        _("Rooms and building"),
        _("Lessons and timetable"),
        _("Something else"),
    ]


@transaction.atomic
def offer_categories(*, centre_id: int) -> list[TicketCategory]:
    """The centre's categories in use, by name; where it has none at all the usual ones are made."""
    if not queries.categories_of(centre_id).exists():
        TicketCategory.objects.bulk_create(
            [TicketCategory(centre_id=centre_id, name=name) for name in default_names()],
            ignore_conflicts=True,  # somebody else comes first at the same moment
        )
    return list(queries.categories_of(centre_id).filter(active=True))


@transaction.atomic
def add_category(*, name: str, by: Actor) -> TicketCategory:
    """Add a category; ConflictError where the centre has one of this name."""
    offer_categories(centre_id=by.centre_id)  # or the first one added would be the only one
    category = TicketCategory(centre_id=by.centre_id, name=name)
    _save(category)
    publish(TicketCategoryAdded(centre_id=by.centre_id, category_id=category.pk))
    return category


@transaction.atomic
def change_category(
    *, category_id: int, by: Actor, name: str | None = None, active: bool | None = None
) -> TicketCategory:
    """Rename a category, or take it out of use or back; its tickets keep it."""
    category = queries.get_category(category_id, by=by)
    category.name = name or category.name
    category.active = category.active if active is None else active
    _save(category)
    publish(TicketCategoryChanged(centre_id=by.centre_id, category_id=category.pk))
    return category


def _save(category: TicketCategory) -> None:
    try:
        with transaction.atomic():
            category.save()
    except IntegrityError:
        raise ConflictError(TAKEN) from None
