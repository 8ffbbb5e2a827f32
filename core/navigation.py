"""TABLE: where every page leads to. An area adds its line; permissions.py says who may enter."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from core.people.actor import Actor
from core.people.models import Role

ALL: Final = frozenset(Role)
OFFICE: Final = frozenset({Role.STAFF, Role.HEAD, Role.ADMIN})
OVERSEEING: Final = OFFICE | {Role.TEACHER}
FAMILIES: Final = frozenset({Role.STUDENT, Role.PARENT})
ADMINS: Final = frozenset({Role.ADMIN})


@dataclass(frozen=True, slots=True)
class Line:
    """A link: its words, the page's name in core/urls.py, and for whom, by role in the centre."""

    label: Promise
    page: str
    roles: frozenset[Role] | None = None  # None: for everybody who is signed in
    operators: bool = False  # for those alone who run the system
    viewers: bool = False  # for those, and who may look at how it runs


MAIN: Final = (
    Line(_("Home"), "home"),
    Line(_("Classes"), "classes", ALL),
    Line(_("Calendar"), "calendar", ALL),
    Line(_("Rooms"), "rooms", ALL),
    Line(_("Tickets"), "tickets", ALL),
    Line(_("Reports"), "reports", OVERSEEING),
    Line(_("Reports for me"), "released-reports", FAMILIES),
    Line(_("People"), "people", OFFICE),
    Line(_("Centre"), "centre-settings", ADMINS),
    Line(_("Imports"), "imports", ADMINS),
    Line(_("Audit"), "audit", ADMINS),
    Line(_("Operations"), "ops", viewers=True),
    Line(_("Centres"), "ops-centres", operators=True),
)
OWN: Final = (  # about the person themselves
    Line(_("Notices"), "notices"),
    Line(_("Preferences"), "preferences"),
    Line(_("Account"), "account"),
)


@dataclass(frozen=True, slots=True)
class Link:
    """A line as one person sees it on one page."""

    label: Promise
    path: str
    is_here: bool  # the page is the one that it leads to, or below it


def links(request: HttpRequest, lines: tuple[Line, ...]) -> list[Link]:
    """The lines that lead somewhere and are for the person."""
    return [
        Link(line.label, path, is_below(request.path, path))
        for line, path in existing(lines)
        if is_for(request, line)
    ]


def is_for(request: HttpRequest, line: Line) -> bool:
    """Whether a line is for the person."""
    if line.operators and not getattr(request.user, "is_operator", False):
        return False
    if line.viewers and not getattr(request.user, "watches", False):
        return False
    actor: Actor | None = getattr(request, "actor", None)
    return line.roles is None or bool(actor and actor.is_any(*line.roles))


def existing(lines: tuple[Line, ...]) -> Iterator[tuple[Line, str]]:
    """The lines whose page there is, with its path."""
    for line in lines:
        if path := path_of(line.page):
            yield line, path


def path_of(page: str) -> str:
    """The path of a page by its name; '' when there is none of that name."""
    try:
        return reverse(page)
    except NoReverseMatch:
        return ""


def is_below(path: str, link: str) -> bool:
    """Whether a path is the link's or continues it; everything would continue the first page's."""
    return path == link or (link != "/" and path.startswith(f"{link}/"))
