"""TABLE: who may read the files of a thing, beside their owner: those who may see the thing."""

from collections.abc import Callable, Mapping
from typing import Any, Final
from uuid import UUID

from core.files.queries import Reader
from core.homework import queries as homework
from core.people.actor import Actor
from core.refusals import NotAllowedError, NotFoundError
from core.rooms import queries as rooms
from core.submissions import queries as submissions
from core.tickets import queries as tickets


def whoever_gets(get: Callable[..., Any], read_id: Callable[[str], Any] = int) -> Reader:
    """Those for whom `get(id, by=actor)` finds the thing; `read_id` makes its id of the text."""

    def may_read(ident: str, by: Actor) -> bool:
        try:
            get(read_id(ident), by=by)
        except (NotFoundError, NotAllowedError):
            return False
        return True

    return may_read


# By the beginning of the subject, `homework:7`. One line for each kind of thing that has files.
READERS: Final[Mapping[str, Reader]] = {
    "homework": whoever_gets(homework.get_homework),
    "work": whoever_gets(submissions.get_version),
    # tickets
    "ticket": whoever_gets(tickets.get_ticket),
    "ticket-comment": whoever_gets(tickets.get_comment),
    "message": whoever_gets(rooms.get_message, UUID),
}
