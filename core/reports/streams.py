"""The stream of a report, `report:ID`: its states as entries, its progress as ticks.

Nothing in it is about pupils: ids, states, numbers and words of ours.
"""

from typing import Final

from core.http.bodies import id_from
from core.isolation.scope import everywhere, within_centre
from core.live.streams import StreamKind
from core.people.actor import actor_of
from core.people.models import Membership
from core.refusals import NotFoundError
from core.reports import queries
from core.reports.models import Report


def stream_of(report_id: int) -> str:
    """The name under which its entries are stored."""
    return f"report:{report_id}"


def find_report(user_id: int, ident: str) -> str | None:
    """The stream of a report that this person may see, or that is released to them."""
    report_id = id_from(ident)
    if report_id is None or str(report_id) != ident:
        return None
    with everywhere():  # a socket is of no centre; the report says which one counts
        report = Report.objects.filter(pk=report_id).first()
        members = Membership.objects.select_related("user").filter(user_id=user_id, is_active=True)
        member = members.filter(centre_id=report.centre_id).first() if report else None
    if report is None or member is None:
        return None
    with within_centre(report.centre_id, person_id=user_id):
        return stream_of(report.pk) if _may_watch(report.pk, member) else None


def _may_watch(report_id: int, member: Membership) -> bool:
    by = actor_of(member)
    try:
        queries.get_report(report_id, by=by)
    except NotFoundError:
        return queries.released_to(by).filter(version__report_id=report_id).exists()
    return True


REPORT: Final = StreamKind(prefix="report", find=find_report)
