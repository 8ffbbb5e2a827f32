"""Marks that change put finished reports in doubt."""

from typing import Any

from core.remarks.events import RemarkWritten
from core.reports.freshness import doubt_reports
from core.submissions.events import SubmissionGraded, SubmissionHandedIn, SubmissionReturned
from tasks.handler import Batch, on


@on(SubmissionGraded)
def doubt_after_grade(batch: Batch[SubmissionGraded]) -> None:
    """Have reports looked at that a grade may have put out of date."""
    _doubt(batch)


@on(SubmissionHandedIn)
def doubt_after_work(batch: Batch[SubmissionHandedIn]) -> None:
    """The same, of handed-in work."""
    _doubt(batch)


@on(SubmissionReturned)
def doubt_after_return(batch: Batch[SubmissionReturned]) -> None:
    """The same, of returned work."""
    _doubt(batch)


@on(RemarkWritten)
def doubt_after_remark(batch: Batch[RemarkWritten]) -> None:
    """The same, of a teacher's remark."""
    _doubt(batch)


def _doubt(batch: Batch[Any]) -> None:
    first = batch.claimed[0]
    doubt_reports(centre_id=first.centre_id, event=first.event_type)
