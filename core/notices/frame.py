"""What stands around every page: who is signed in, in which centre, and what is new."""

from dataclasses import dataclass

from django.http import HttpRequest

from core.live.entries import heads
from core.notices.queries import count_unread
from core.notices.streams import stream_of
from core.people.acting import acting, own_memberships
from core.people.actor import Actor
from core.people.models import Centre, User
from core.people.signed_in import signed_in


@dataclass(frozen=True, slots=True)
class Frame:
    """The values that templates/page.html shows."""

    person: User
    centre: Centre | None
    centres: tuple[Centre, ...]
    live_after: int  # the browser follows the person's stream from here
    unread: int

    @property
    def zone(self) -> str:
        """The time zone in which the person reads times."""
        return self.centre.timezone if self.centre else "UTC"


def frame_of(request: HttpRequest) -> Frame:
    """The frame of a signed-in request's page.

    To be called before the page's own queries: what happens after its number was read reaches the
    page over the socket, so nothing falls between the page and the socket.
    """
    person = signed_in(request)
    stream = stream_of(person.pk)
    after = heads([stream])[stream]
    centres = tuple(membership.centre for membership in own_memberships(request))
    actor: Actor | None = acting(request)  # none for a person without a centre
    return Frame(
        person=person,
        centre=next((each for each in centres if actor and each.pk == actor.centre_id), None),
        centres=centres,
        live_after=after,
        unread=count_unread(person.pk),
    )
