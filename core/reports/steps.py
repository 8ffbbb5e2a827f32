"""TABLE: how far a report is in each of its states, and what that means to who looks at it."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final, Literal

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from core.reports.models import Report, ReportState

S = ReportState
Look = Literal["done", "now", "stopped", "later"]

STEPS: Final = (_("Asked for"), _("Made"), _("Submitted"), _("Approved"), _("Released"))


@dataclass(frozen=True, slots=True)
class Place:
    """How many steps are behind a report, what that means, and whether it stops there."""

    done: int
    says: Promise
    stopped: bool = False


PLACES: Final[dict[str, Place]] = {
    S.REQUESTED: Place(1, _("It waits for its turn. You may leave this page: you get a notice.")),
    S.GENERATING: Place(1, _("It is being made. You may leave this page: you get a notice.")),
    S.READY: Place(
        2,
        _("Look through it. Before it is released, somebody who has not asked for it reviews it."),
    ),
    S.IN_REVIEW: Place(3, _("It waits for a head or an admin who has not asked for it.")),
    S.APPROVED: Place(4, _("It is sealed as it is, and the office can release it.")),
    S.RELEASED: Place(5, _("Those it is for can open it.")),
    S.CHANGES_REQUESTED: Place(
        2, _("Its reviewer wants it to be other. Make it anew when that is done."), stopped=True
    ),
    S.FAILED: Place(
        1, _("It could not be made. Make it anew, or ask the help desk."), stopped=True
    ),
    S.CANCELLED: Place(1, _("It was cancelled before it was made."), stopped=True),
    S.STALE: Place(
        2,
        _("Marks have changed since it was made. Make it anew before it is released."),
        stopped=True,
    ),
    S.RECALLED: Place(
        4, _("Its release was taken back: nobody it was released to can open it."), stopped=True
    ),
    S.EXPIRED: Place(
        5, _("It was kept for as long as such reports are kept. Its files are gone."), stopped=True
    ),
}
# How a state's badge looks: with the classes that other areas have.
BADGES: Final[dict[str, str]] = {
    S.REQUESTED: "waiting",
    S.GENERATING: "waiting",
    S.READY: "told",
    S.IN_REVIEW: "unread",
    S.APPROVED: "told",
    S.RELEASED: "published",
    S.CHANGES_REQUESTED: "failed",
    S.FAILED: "failed",
    S.CANCELLED: "skipped",
    S.STALE: "failed",
    S.RECALLED: "skipped",
    S.EXPIRED: "skipped",
}
STAGES: Final = {"reading": _("Reading the data"), "writing": _("Writing it")}


def steps_of(report: Report) -> Iterator[tuple[Promise, Look]]:
    """Each step of the way with how far the report is."""
    place = PLACES[report.state]
    for at, label in enumerate(STEPS):
        if at < place.done:
            yield label, "done"
        elif at == place.done:
            yield label, "stopped" if place.stopped else "now"
        else:
            yield label, "later"
