"""What a person can do with a report as it stands; the actions look again before they do it."""

from dataclasses import dataclass
from typing import Self

from core.people.actor import Actor
from core.reports import queries
from core.reports.models import OFFICE, REVIEWING, Report
from core.reports.transitions import APPROVE, CANCEL, RECALL, RELEASE, REMAKE, SUBMIT


@dataclass(frozen=True, slots=True)
class Offers:
    """Which steps a report's page offers to one person."""

    cancel: bool
    submit: bool
    review: bool
    release: bool
    recall: bool  # also of a release that waits for its time
    remake: bool

    @classmethod
    def of(cls, report: Report, by: Actor) -> Self:
        """The steps that the actor may take now."""
        asked = queries.is_asker(report, by)
        office = by.is_any(*OFFICE)
        state = report.state
        return cls(
            cancel=asked and state in CANCEL.before,
            submit=asked and state in SUBMIT.before,
            review=by.is_any(*REVIEWING) and not asked and state in APPROVE.before,
            release=office and state in RELEASE.before,
            recall=office and (state in RECALL.before or bool(report.release_at)),
            remake=(asked or office) and state in REMAKE.before,
        )

    @property
    def any(self) -> bool:
        """Whether there is anything to do."""
        return any((self.cancel, self.submit, self.review, self.release, self.recall, self.remake))
