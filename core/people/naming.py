"""Who somebody is to a thing that they name, before it is known in which centre it is."""

from django.db.models import Model

from core.http.bodies import id_from
from core.isolation.scope import everywhere
from core.people.actor import Actor, actor_of
from core.people.models import Membership


def as_member(user_id: int, ident: str, model: type[Model]) -> tuple[int, Actor] | None:
    """The id of the thing that a client names, and the person as who they are in its centre.

    None for a thing that is nowhere, or in a centre that is not theirs. Whether they may see it is
    not asked yet. The id is taken only as it is written in names: `007` would be a second one of 7.
    """
    thing_id = id_from(ident)
    if thing_id is None or str(thing_id) != ident:
        return None
    with everywhere():  # a socket is of no centre; the thing says which one counts
        centre = model._default_manager.filter(pk=thing_id).values("centre_id")  # noqa: SLF001 - its public name
        members = Membership.objects.select_related("user").filter(user_id=user_id, is_active=True)
        member = members.filter(centre_id__in=centre).first()
    return (thing_id, actor_of(member)) if member else None
