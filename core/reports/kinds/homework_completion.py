"""Who did which homework: a line for each homework and each student who was to do it."""

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from core.reports.content import Facts, Part, Type
from core.reports.figures import (
    MOST_BARS,
    PERCENT,
    Record,
    chart,
    completion,
    number,
    percent,
    points_of,
)
from core.reports.kind import Data, Kind, Setting
from core.reports.params import ClassIds, Period
from core.reports.tables import Shown, table_of, titles_of
from core.reports.work import CHANGED_BY, CHOSEN_CLASSES, COUNTS, OF_PERIOD, WORK, reading

ROWS = """
SELECT work.homework_id, work.student_id, chosen.name AS class, work.title AS homework,
    to_char(work.due_at AT TIME ZONE %(timezone)s, 'YYYY-MM-DD HH24:MI') AS due_at,
    person.name AS student, work.standing,
    to_char(work.handed_in_at AT TIME ZONE %(timezone)s, 'YYYY-MM-DD HH24:MI') AS handed_in_at,
    CASE WHEN work.is_late THEN 'late' END AS late, trim_scale(work.score) AS score,
    work.max_score
FROM work JOIN chosen ON chosen.id = work.class_id
JOIN people_user person ON person.id = work.student_id
ORDER BY chosen.name, chosen.id, work.due_at, work.homework_id, person.name, person.id
"""
HOMEWORK = f"""
SELECT homework_id, title, chosen.name AS class, {COUNTS}
FROM work JOIN chosen ON chosen.id = work.class_id
GROUP BY homework_id, title, due_at, chosen.name ORDER BY due_at, homework_id
"""  # noqa: S608 - all of it stands in core/reports/work.py
STANDINGS = {
    "open": pgettext_lazy("homework", "open"),
    "missing": gettext_lazy("missing"),
    "handed_in": gettext_lazy("handed in"),
    "returned": gettext_lazy("given back"),
    "graded": gettext_lazy("graded"),
}
SHOWN = (
    Shown("class", gettext_lazy("Class"), width=1.5),
    Shown("homework", gettext_lazy("Homework"), width=3),
    Shown("due_at", gettext_lazy("Due"), Type.MOMENT, width=2),
    Shown("student", gettext_lazy("Student"), width=3),
    Shown("standing", gettext_lazy("State"), width=1.5, words=STANDINGS),
    Shown("handed_in_at", gettext_lazy("Handed in"), Type.MOMENT, width=2),
    Shown("late", gettext_lazy("Late"), words={"late": gettext_lazy("late")}),
    Shown("score", gettext_lazy("Score"), Type.NUMBER),
    Shown("max_score", gettext_lazy("Best score"), Type.INTEGER),
)


class CompletionParams(Period):
    """Which classes, and what was due on which days."""

    classes: ClassIds


def compose(data: Data, _setting: Setting) -> tuple[Part, ...]:
    """Key figures, how much of each of the latest homework was handed in, and the table."""
    homework = data.records("homework")
    latest = homework[-MOST_BARS:]
    is_one_class = len({each["class"] for each in latest}) == 1
    return (
        _facts(homework),
        *chart(
            _("Completion by homework"),
            "bar",
            _("Homework"),
            PERCENT,
            points_of(
                (each["title"] if is_one_class else f"{each['class']}: {each['title']}", share)
                for each in latest
                if (share := completion(each))
            ),
        ),
        table_of(
            data,
            "rows",
            SHOWN,
            title=_("Homework and students"),
            empty=_("No homework was due in these classes on these days."),
        ),
    )


def _facts(homework: list[dict[str, str]]) -> Facts:
    whole: Record = {
        name: str(sum(int(each[name]) for each in homework))
        for name in ("due", "handed_in", "late", "missing", "graded")
    }
    pairs = (
        (_("Homework"), number(len(homework))),
        (_("To be handed in"), number(whole["due"])),
        (_("Handed in"), number(whole["handed_in"])),
        (_("Late"), number(whole["late"])),
        (_("Missing"), number(whole["missing"])),
        (_("Graded"), number(whole["graded"])),
        (_("Completion"), percent(completion(whole))),
    )
    return Facts(_("At a glance"), pairs)


KIND = Kind(
    name="homework_completion",
    title=gettext_lazy("Homework completion"),
    says=gettext_lazy("Which student handed in which homework, when, and with what score."),
    params=CompletionParams,
    queries={
        "rows": reading(ROWS, OF_PERIOD, CHOSEN_CLASSES, WORK),
        "homework": reading(HOMEWORK, OF_PERIOD, CHOSEN_CLASSES, WORK),
    },
    compose=compose,
    keys=("homework_id", "student_id"),
    names=("student", "homework"),
    figures=titles_of(SHOWN, "standing", "handed_in_at", "late", "score"),
    stale_on=CHANGED_BY,
)
