"""How the students of chosen classes do over a period: what they handed in, and their scores."""

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core.reports.content import Facts, Part, Point, Type
from core.reports.figures import (
    MOST_BARS,
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
from core.reports.params import ClassIds, Period
from core.reports.tables import Shown, table_of, titles_of
from core.reports.work import (
    BY_CLASS_AND_WEEK,
    CHANGED_BY,
    CHOSEN_CLASSES,
    DONE,
    ENROLLED,
    OF_PERIOD,
    WORK,
    reading,
)

ROWS = """
SELECT student_id, person.name AS student, chosen.id AS class_id, chosen.name AS class,
    coalesce(done.due, 0) AS due, coalesce(done.handed_in, 0) AS handed_in,
    coalesce(done.late, 0) AS late, coalesce(done.missing, 0) AS missing,
    coalesce(done.graded, 0) AS graded, done.average
FROM enrolled FULL JOIN done USING (class_id, student_id)
JOIN chosen ON chosen.id = class_id
JOIN people_user person ON person.id = student_id
ORDER BY chosen.name, chosen.id, person.name, person.id
"""
SHOWN = (
    Shown("student", gettext_lazy("Student"), width=3),
    Shown("class", gettext_lazy("Class"), width=1.5),
    Shown("due", gettext_lazy("Homework due"), Type.INTEGER),
    Shown("handed_in", gettext_lazy("Handed in"), Type.INTEGER),
    Shown("late", gettext_lazy("Late"), Type.INTEGER),
    Shown("missing", gettext_lazy("Missing"), Type.INTEGER),
    Shown("graded", gettext_lazy("Graded"), Type.INTEGER),
    Shown("average", gettext_lazy("Average"), Type.PERCENT),
)


class ProgressParams(Period):
    """Which classes, and what was due on which days."""

    classes: ClassIds


def compose(data: Data, _setting: Setting) -> tuple[Part, ...]:
    """Key figures, the averages of the classes, how much was handed in by week, and the table."""
    whole, *figures = data.records("figures")
    classes = [each for each in figures if each["class_id"]]
    weeks = [each for each in figures if each["week"]][-MOST_WEEKS:]
    return (
        _facts(whole, students=data.count("rows")),
        *chart(_("Average by class"), "bar", _("Class"), PERCENT, _averages(classes)),
        *chart(
            _("Handed in by week"),
            "line",
            _("Week"),
            PERCENT,
            points_of((week_of(each["week"]), completion(each)) for each in weeks),
        ),
        table_of(
            data,
            "rows",
            SHOWN,
            title=_("Students"),
            empty=_("Nobody attended these classes on these days."),
        ),
    )


def _facts(whole: Record, students: int) -> Facts:
    pairs = (
        (_("Students"), number(students)),
        (_("Homework"), number(whole["homework"])),
        (_("Handed in"), number(whole["handed_in"])),
        (_("Late"), number(whole["late"])),
        (_("Missing"), number(whole["missing"])),
        (_("Graded"), number(whole["graded"])),
        (_("Completion"), percent(completion(whole))),
        (_("Average"), percent(whole["average"])),
    )
    return Facts(_("At a glance"), pairs)


def _averages(classes: list[dict[str, str]]) -> tuple[Point, ...]:
    """Of very many classes those that need looking after."""
    graded = [each for each in classes if each["average"]]
    if len(graded) > MOST_BARS:
        graded = sorted(graded, key=lambda each: float(each["average"]))[:MOST_BARS]
    return points_of((each["class"], each["average"]) for each in graded)


KIND = Kind(
    name="class_progress",
    title=gettext_lazy("Class progress"),
    says=gettext_lazy("What the students of classes handed in over a period, and their scores."),
    params=ProgressParams,
    template=2,
    queries={
        "rows": reading(ROWS, OF_PERIOD, CHOSEN_CLASSES, ENROLLED, WORK, DONE),
        "figures": reading(BY_CLASS_AND_WEEK, OF_PERIOD, CHOSEN_CLASSES, WORK),
    },
    compose=compose,
    keys=("student_id", "class_id"),
    names=("student", "class"),
    figures=titles_of(SHOWN, "due", "handed_in", "late", "missing", "graded", "average"),
    stale_on=CHANGED_BY,
)
