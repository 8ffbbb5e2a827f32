"""TABLE: what the first page is made of, by role. An area adds its line and a template."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, Literal

from core.home import queries
from core.home.waiting import (
    reports_for_me,
    reports_to_review,
    rooms_with_news,
    tickets_to_look_after,
    to_hand_in,
)
from core.notices.latest import latest_notices
from core.people.actor import Actor
from core.people.models import Role
from core.refusals import NotFoundError
from core.submissions.queries import to_grade

ALL: Final = frozenset(Role)
OFFICE: Final = frozenset({Role.STAFF, Role.HEAD, Role.ADMIN})
REVIEWING: Final = frozenset({Role.HEAD, Role.ADMIN})
FAMILIES: Final = frozenset({Role.STUDENT, Role.PARENT})
STUDYING: Final = frozenset({Role.STUDENT})
WRITING: Final = frozenset({Role.TEACHER, Role.ADMIN})

# `beside`, and on a phone `first`, `main` or last: where a panel stands.
Place = Literal["first", "main", "beside"]


@dataclass(frozen=True, slots=True)
class Panel:
    """A part of the first page. Its template gets as `content` what `read` returns.

    With None there is nothing to show. When something new happens the page fetches the panel anew,
    alone, from /panels/NAME, unless its template `renews` itself.
    """

    name: str
    roles: frozenset[Role]
    template: str
    read: Callable[[Actor], object]
    place: Place = "main"
    renews: bool = False


# In the order in which they stand: what waits for the person, what is due, what is new.
PANELS: Final = (
    Panel("classes", WRITING, "home/classes.html", queries.classes_to_write_for, "first"),
    Panel("to-grade", WRITING, "home/to_grade.html", to_grade),
    Panel("drafts", WRITING, "home/drafts.html", queries.drafts_of),
    Panel("to-hand-in", STUDYING, "home/to_hand_in.html", to_hand_in),
    Panel("tickets", OFFICE, "home/tickets.html", tickets_to_look_after),
    Panel(
        *("reports-to-review", REVIEWING, "home/reports_to_review.html"),
        reports_to_review,
    ),
    Panel("reports-for-me", FAMILIES, "home/reports_for_me.html", reports_for_me),
    Panel("children", frozenset({Role.PARENT}), "home/children.html", queries.children_of),
    Panel("homework", ALL, "home/homework.html", queries.board_of, renews=True),
    Panel("rooms", ALL, "home/rooms.html", rooms_with_news, place="beside"),
    Panel(
        *("notices", ALL, "home/notices.html"),
        lambda by: latest_notices(by.user_id),
        place="beside",
        renews=True,
    ),
)


@dataclass(frozen=True, slots=True)
class Shown:
    """A panel with what it shows to one person."""

    panel: Panel
    content: object


def panels_for(by: Actor) -> list[Shown]:
    """The panels that concern the actor, in order."""
    return [Shown(panel, panel.read(by)) for panel in PANELS if by.is_any(*panel.roles)]


def get_panel(name: str, *, by: Actor) -> Shown:
    """One of them; NotFoundError otherwise."""
    for panel in PANELS:
        if panel.name == name and by.is_any(*panel.roles):
            return Shown(panel, panel.read(by))
    raise NotFoundError("There is no such panel.")
