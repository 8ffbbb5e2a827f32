"""The topic that a form names: one of the centre's, or a new one."""

from core.http.bodies import id_from
from core.people.actor import Actor
from core.rooms.actions import add_topic
from core.rooms.queries import topics_of


def topic_of(topic_id: str, new_name: str, *, by: Actor) -> int | None:
    """The topic's id. A new name that the centre has already means the topic of this name.

    Raises ConflictError when somebody else adds it at this very moment.
    """
    if not new_name:
        return id_from(topic_id)
    there = topics_of(by).filter(name__iexact=new_name).first()
    return (there or add_topic(name=new_name, by=by)).pk
