"""All that reads the settings of centres."""

from django.db.models import QuerySet

from core.people.actor import Actor
from core.people.models import Centre
from core.refusals import NotFoundError


def own_centre(by: Actor) -> Centre:
    """The centre that the actor acts in."""
    return Centre.objects.get(pk=by.centre_id)


def all_centres() -> QuerySet[Centre]:
    """Every centre: for operators, who see nothing else of it."""
    return Centre.objects.all()


def get_centre(centre_id: int) -> Centre:
    """One of all centres; NotFoundError otherwise."""
    found = all_centres().filter(pk=centre_id).first()
    if found is None:
        raise NotFoundError("There is no such centre.")
    return found
