"""The stream of a report, `report:ID`: its states as entries, its progress as ticks.

Nothing in it is about pupils: ids, states, numbers and words of ours.
"""

from typing import Final

from core.isolation.scope import within_centre
from core.live.streams import StreamKind
from core.people.actor import Actor
from core.people.naming import as_member
from core.refusals import NotFoundError
from core.reports import queries
from core.reports.models import Report


def stream_of(report_id: int) -> str:
    """The name under which its entries are stored."""
    return f"report:{report_id}"


def find_report(user_id: int, ident: str) -> str | None:
    """The stream of a report that this person may see, or that is released to them."""
    named = as_member(user_id, ident, Report)
    if named is None:
        return None
    report_id, by = named
    with within_centre(by.centre_id, person_id=user_id):
        return stream_of(report_id) if _may_watch(report_id, by) else None


def _may_watch(report_id: int, by: Actor) -> bool:
    try:
        queries.get_report(report_id, by=by)
    except NotFoundError:
        return queries.released_to(by).filter(version__report_id=report_id).exists()
    return True


REPORT: Final = StreamKind(prefix="report", find=find_report)
