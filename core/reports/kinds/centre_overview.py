"""A centre in figures, for those who lead it: people, classes, homework, tickets. No grades."""

from collections.abc import Iterator

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core.people.models import Role
from core.reports.content import Facts, Part, Point, Type
from core.reports.figures import (
    MOST_WEEKS,
    PERCENT,
    Record,
    chart,
    completion,
    number,
    percent,
    points_of,
    week_of,
)
from core.reports.kind import Data, Kind, Setting
from core.reports.params import Period
from core.reports.tables import Shown, table_of, table_of_records, titles_of
from core.reports.work import ALL_CLASSES, COUNTS, OF_PERIOD, WORK, reading

# A line for each week that has one of the days, by its Monday.
WEEKS = f"""
SELECT to_char(week.monday, 'YYYY-MM-DD') AS week,
    coalesce(homework, 0) AS homework, coalesce(due, 0) AS due,
    coalesce(handed_in, 0) AS handed_in, coalesce(late, 0) AS late, coalesce(missing, 0) AS missing,
    trim_scale(round(handed_in::numeric / nullif(handed_in + missing, 0), 4)) AS completion,
    coalesce(opened.tickets, 0) AS opened, coalesce(resolved.tickets, 0) AS resolved,
    coalesce(active.people, 0) AS active
FROM span
CROSS JOIN LATERAL (
    SELECT each::date AS monday
    FROM generate_series(date_trunc('week', span.since), span.until, interval '7 days') each
) week
LEFT JOIN (
    SELECT date_trunc('week', due_on)::date AS monday,
        count(DISTINCT homework_id) AS homework, {COUNTS}
    FROM work GROUP BY 1
) done USING (monday)
LEFT JOIN (
    SELECT date_trunc('week', created_at AT TIME ZONE %(timezone)s)::date AS monday,
        count(*) AS tickets
    FROM tickets_ticket, span
    WHERE centre_id = %(centre_id)s
        AND (created_at AT TIME ZONE %(timezone)s)::date BETWEEN span.since AND span.until
    GROUP BY 1
) opened USING (monday)
LEFT JOIN (
    SELECT date_trunc('week', resolved_at AT TIME ZONE %(timezone)s)::date AS monday,
        count(*) AS tickets
    FROM tickets_ticket, span
    WHERE centre_id = %(centre_id)s
        AND (resolved_at AT TIME ZONE %(timezone)s)::date BETWEEN span.since AND span.until
    GROUP BY 1
) resolved USING (monday)
LEFT JOIN (
    SELECT date_trunc('week', entry.at AT TIME ZONE %(timezone)s)::date AS monday,
        count(DISTINCT entry.subject) AS people
    FROM audit_auditentry entry, span
    WHERE entry.centre_id = %(centre_id)s AND entry.what = 'sign_in.done'
        AND (entry.at AT TIME ZONE %(timezone)s)::date BETWEEN span.since AND span.until
    GROUP BY 1
) active USING (monday)
ORDER BY week
"""  # noqa: S608 - all of it stands here and in core/reports/work.py
# A line for each class by name, and one without a class for all of them together.
CLASSES = f"""
SELECT chosen.name AS class, count(DISTINCT student_id) AS students,
    count(DISTINCT homework_id) AS homework, {COUNTS}
FROM work JOIN chosen ON chosen.id = work.class_id
GROUP BY GROUPING SETS ((chosen.id, chosen.name), ())
ORDER BY chosen.id IS NULL, chosen.name, chosen.id
"""  # noqa: S608
PEOPLE = """
SELECT role, count(*) AS people, count(*) FILTER (WHERE membership.is_active) AS active
FROM people_membership membership CROSS JOIN LATERAL unnest(membership.roles) role
WHERE membership.centre_id = %(centre_id)s GROUP BY role ORDER BY role
"""
CENTRE = """
SELECT
    (SELECT count(*) FROM people_membership WHERE centre_id = %(centre_id)s
        AND is_active) AS people,
    (SELECT count(*) FROM classes_schoolclass WHERE centre_id = %(centre_id)s
        AND archived_at IS NULL) AS classes,
    (SELECT count(*) FROM tickets_ticket WHERE centre_id = %(centre_id)s
        AND state <> 'resolved') AS unresolved,
    (SELECT count(DISTINCT subject) FROM audit_auditentry WHERE centre_id = %(centre_id)s
        AND what = 'sign_in.done'
        AND (at AT TIME ZONE %(timezone)s)::date BETWEEN %(since)s AND %(until)s) AS signed_in
"""
SHOWN = (
    Shown("week", gettext_lazy("Week from"), Type.DATE, width=1.5),
    Shown("homework", gettext_lazy("Homework due"), Type.INTEGER),
    Shown("handed_in", gettext_lazy("Handed in"), Type.INTEGER),
    Shown("late", gettext_lazy("Late"), Type.INTEGER),
    Shown("missing", gettext_lazy("Missing"), Type.INTEGER),
    Shown("completion", gettext_lazy("Completion"), Type.PERCENT),
    Shown("opened", gettext_lazy("Tickets opened"), Type.INTEGER),
    Shown("resolved", gettext_lazy("Tickets resolved"), Type.INTEGER),
    Shown("active", gettext_lazy("People who signed in"), Type.INTEGER),
)
OF_CLASSES = (
    Shown("class", gettext_lazy("Class"), width=2),
    Shown("students", gettext_lazy("Students"), Type.INTEGER),
    Shown("homework", gettext_lazy("Homework due"), Type.INTEGER),
    Shown("handed_in", gettext_lazy("Handed in"), Type.INTEGER),
    Shown("late", gettext_lazy("Late"), Type.INTEGER),
    Shown("missing", gettext_lazy("Missing"), Type.INTEGER),
)


class OverviewParams(Period):
    """Which days."""


def compose(data: Data, _setting: Setting) -> tuple[Part, ...]:
    """Key figures, three charts by week, and the tables of weeks and of classes."""
    weeks = data.records("rows")
    *classes, whole = data.records("classes")
    return (
        _facts(data, weeks, whole),
        *_charts(weeks[-MOST_WEEKS:]),
        table_of(data, "rows", SHOWN, title=_("Weeks"), empty=""),
        table_of_records(
            classes,
            OF_CLASSES,
            title=_("Classes with homework on these days"),
            empty=_("No homework was due on these days."),
        ),
    )


def _facts(data: Data, weeks: list[dict[str, str]], whole: Record) -> Facts:
    (centre,) = data.records("centre")
    by_role = {each["role"]: each for each in data.records("people")}
    pairs = (
        (_("Active people"), number(centre["people"])),
        *(
            (str(role.label), number(by_role[role]["active"]) if role in by_role else number(0))
            for role in Role
        ),
        (_("Classes"), number(centre["classes"])),
        (_("Homework"), number(whole["homework"])),
        (_("Completion"), percent(completion(whole))),
        (_("Tickets opened"), number(sum(int(each["opened"]) for each in weeks))),
        (_("Tickets resolved"), number(sum(int(each["resolved"]) for each in weeks))),
        (_("Tickets to be resolved now"), number(centre["unresolved"])),
        (_("People who signed in"), number(centre["signed_in"])),
    )
    return Facts(_("At a glance"), pairs)


def _charts(weeks: list[dict[str, str]]) -> Iterator[Part]:
    done = points_of((week_of(each["week"]), each["completion"]) for each in weeks)
    yield from chart(_("Handed in by week"), "line", _("Week"), PERCENT, done)
    yield from chart(
        _("Tickets by week"),
        "line",
        _("Week"),
        _("Tickets"),
        [*_counted(weeks, "opened", _("opened")), *_counted(weeks, "resolved", _("resolved"))],
    )
    active = _counted(weeks, "active", "")
    yield from chart(_("People who signed in, by week"), "line", _("Week"), _("People"), active)


def _counted(weeks: list[dict[str, str]], name: str, series: str) -> list[Point]:
    return [Point(week_of(each["week"]), float(each[name]), series) for each in weeks]


KIND = Kind(
    name="centre_overview",
    title=gettext_lazy("Centre overview"),
    says=gettext_lazy("The centre in figures: people, classes, homework, tickets, sign-ins."),
    params=OverviewParams,
    queries={
        "rows": reading(WEEKS, OF_PERIOD, ALL_CLASSES, WORK),
        "classes": reading(CLASSES, OF_PERIOD, ALL_CLASSES, WORK),
        "people": PEOPLE,
        "centre": CENTRE,
    },
    compose=compose,
    asked_by=frozenset({Role.STAFF, Role.HEAD, Role.ADMIN}),
    keys=("week",),
    names=("week",),
    figures=titles_of(SHOWN, "homework", "handed_in", "late", "missing", "opened", "resolved"),
)
