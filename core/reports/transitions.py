"""TABLE: the life of a report. What is not here cannot happen, and is refused."""

from dataclasses import dataclass
from typing import Final

from django.utils.translation import gettext_noop

from core.refusals import ConflictError
from core.reports import events
from core.reports.models import MADE, ReportState

S = ReportState


@dataclass(frozen=True, slots=True)
class Transition:
    """A step from some states into one, its event, and what to say when it cannot be taken."""

    before: frozenset[ReportState]
    after: ReportState
    event: type[events.ReportEvent]
    refusal: str

    @property
    def what(self) -> str:
        """Its name in the audit: `report.approved`."""
        return f"report.{self.event.kind().removeprefix('Report').lower()}"

    def check(self, state: str) -> None:
        """Refuse the step from a state that it does not begin in."""
        if state not in self.before:
            raise ConflictError(self.refusal)


def _step(
    *before: ReportState, to: ReportState, event: type[events.ReportEvent], refusal: str
) -> Transition:
    return Transition(frozenset(before), to, event, refusal)


# A worker that was killed begins again; an operator may try a failed one again.
BEGIN: Final = _step(
    *(S.REQUESTED, S.GENERATING, S.FAILED),
    to=S.GENERATING,
    event=events.ReportBegun,
    refusal=gettext_noop("The report is not wanted any more."),
)
FINISH: Final = _step(
    S.GENERATING,
    to=S.READY,
    event=events.ReportReady,
    refusal=gettext_noop("The report is not wanted any more."),
)
FAIL: Final = _step(
    *(S.REQUESTED, S.GENERATING),
    to=S.FAILED,
    event=events.ReportFailed,
    refusal=gettext_noop("The report is not being made."),
)
CANCEL: Final = _step(
    *(S.REQUESTED, S.GENERATING),
    to=S.CANCELLED,
    event=events.ReportCancelled,
    refusal=gettext_noop("Only a report that is not made yet can be cancelled."),
)
SUBMIT: Final = _step(
    S.READY,
    to=S.IN_REVIEW,
    event=events.ReportSubmitted,
    refusal=gettext_noop("Only a report that is ready can be submitted for review."),
)
APPROVE: Final = _step(
    S.IN_REVIEW,
    to=S.APPROVED,
    event=events.ReportApproved,
    refusal=gettext_noop("The report is not in review."),
)
ASK_CHANGES: Final = _step(
    S.IN_REVIEW,
    to=S.CHANGES_REQUESTED,
    event=events.ReportChangesAsked,
    refusal=gettext_noop("The report is not in review."),
)
OUTDATE: Final = _step(
    *(S.READY, S.IN_REVIEW, S.APPROVED),
    to=S.STALE,
    event=events.ReportOutdated,
    refusal=gettext_noop("The report is not made, or released already."),
)
RELEASE: Final = _step(
    S.APPROVED,
    to=S.RELEASED,
    event=events.ReportReleased,
    refusal=gettext_noop("Only an approved report can be released."),
)
RECALL: Final = _step(
    S.RELEASED,
    to=S.RECALLED,
    event=events.ReportRecalled,
    refusal=gettext_noop("Only a released report can be recalled."),
)
REMAKE: Final = _step(
    *(S.READY, S.APPROVED, S.CHANGES_REQUESTED, S.STALE, S.FAILED, S.CANCELLED, S.RECALLED),
    to=S.REQUESTED,
    event=events.ReportRequested,
    refusal=gettext_noop("The report cannot be made anew now: recall it, or wait."),
)
EXPIRE: Final = _step(
    *(*MADE, S.FAILED, S.CANCELLED),
    to=S.EXPIRED,
    event=events.ReportExpired,
    refusal=gettext_noop("The report is being made."),
)

TRANSITIONS: Final = (
    *(BEGIN, FINISH, FAIL, CANCEL, SUBMIT, APPROVE, ASK_CHANGES),
    *(OUTDATE, RELEASE, RECALL, REMAKE, EXPIRE),
)
