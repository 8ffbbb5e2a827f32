"""Report cards of a term: for each student of the chosen classes a document of their own."""

from collections.abc import Iterable, Iterator
from itertools import groupby
from operator import itemgetter

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core.remarks.events import RemarkWritten
from core.reports.content import Facts, Part, Row, Text, Type
from core.reports.figures import number, percent
from core.reports.kind import Card, Data, Kind, Params, Setting
from core.reports.params import ClassIds, TermId
from core.reports.tables import Shown, table_of, table_of_records, titles_of
from core.reports.work import (
    BY_CLASS,
    CHANGED_BY,
    CHOSEN_CLASSES,
    DONE,
    ENROLLED,
    OF_TERM,
    WORK,
    reading,
)

# Both by student, in the same order: the cards are made in one walk through the two of them.
ROWS = """
SELECT pupil.student_id, person.name AS student, chosen.id AS class_id, chosen.name AS class,
    course.name AS course, coalesce(done.due, 0) AS due, coalesce(done.handed_in, 0) AS handed_in,
    coalesce(done.late, 0) AS late, coalesce(done.missing, 0) AS missing,
    coalesce(done.graded, 0) AS graded, done.average, remark.text AS remark,
    author.name AS remark_by
FROM (
    SELECT class_id, student_id FROM enrolled
    UNION
    SELECT class_id, student_id FROM done
    UNION
    SELECT school_class_id, student_id FROM remarks_remark
    WHERE centre_id = %(centre_id)s AND term_id = %(term)s
        AND school_class_id IN (SELECT id FROM chosen)
) pupil
JOIN chosen ON chosen.id = pupil.class_id
JOIN people_user person ON person.id = pupil.student_id
LEFT JOIN classes_course course ON course.id = chosen.course_id AND course.centre_id = %(centre_id)s
LEFT JOIN done ON done.class_id = pupil.class_id AND done.student_id = pupil.student_id
LEFT JOIN remarks_remark remark ON remark.school_class_id = pupil.class_id
    AND remark.student_id = pupil.student_id AND remark.term_id = %(term)s
    AND remark.centre_id = %(centre_id)s
LEFT JOIN people_user author ON author.id = remark.by_id
ORDER BY person.name, person.id, chosen.name, chosen.id
"""
GRADES = """
SELECT work.student_id, chosen.name AS class, work.title AS homework,
    to_char(work.due_on, 'YYYY-MM-DD') AS due_on, trim_scale(work.score) AS score, work.max_score,
    trim_scale(round(work.share, 4)) AS share
FROM work JOIN chosen ON chosen.id = work.class_id
JOIN people_user person ON person.id = work.student_id
WHERE work.standing = 'graded'
ORDER BY person.name, person.id, chosen.name, chosen.id, work.due_at, work.homework_id
"""
BY_CLASSES = (
    Shown("class", gettext_lazy("Class"), width=2),
    Shown("course", gettext_lazy("Course"), width=2),
    Shown("due", gettext_lazy("Homework due"), Type.INTEGER),
    Shown("handed_in", gettext_lazy("Handed in"), Type.INTEGER),
    Shown("late", gettext_lazy("Late"), Type.INTEGER),
    Shown("missing", gettext_lazy("Missing"), Type.INTEGER),
    Shown("graded", gettext_lazy("Graded"), Type.INTEGER),
    Shown("average", gettext_lazy("Average"), Type.PERCENT),
)
SHOWN = (
    Shown("student", gettext_lazy("Student"), width=2),
    *BY_CLASSES,
    Shown("remark", gettext_lazy("Remark"), width=4),
    Shown("remark_by", gettext_lazy("Remark by"), width=2),
)
GRADED = (
    Shown("class", gettext_lazy("Class"), width=1.5),
    Shown("homework", gettext_lazy("Homework"), width=4),
    Shown("due_on", gettext_lazy("Due"), Type.DATE, width=1.5),
    Shown("score", gettext_lazy("Score"), Type.NUMBER),
    Shown("max_score", gettext_lazy("Best score"), Type.INTEGER),
    Shown("share", gettext_lazy("In percent"), Type.PERCENT),
)

Records = list[dict[str, str]]


class CardParams(Params):
    """Which classes, and for which term."""

    classes: ClassIds
    term: TermId


def compose(data: Data, _setting: Setting) -> tuple[Part, ...]:
    """All cards as one table."""
    whole = data.records("classes")[-1]
    pairs = (
        (_("Lines"), number(data.count("rows"))),
        (_("Homework"), number(whole["homework"])),
        (_("Graded"), number(whole["graded"])),
        (_("Average"), percent(whole["average"])),
    )
    table = table_of(
        data,
        "rows",
        SHOWN,
        title=_("Students"),
        empty=_("Nobody attended these classes in this term."),
    )
    return (Facts(_("At a glance"), pairs), table)


def cards(data: Data, _setting: Setting) -> Iterator[Card]:
    """A card for each student, in one walk through the classes and the grades."""
    grades = _by_student(data, "grades")
    student, graded = next(grades, ("", []))
    for student_id, classes in _by_student(data, "rows"):
        own: Records = []
        if student == student_id:
            own = graded
            student, graded = next(grades, ("", []))
        yield Card(int(student_id), classes[0]["student"], _parts(classes, own))


def _by_student(data: Data, query: str) -> Iterator[tuple[str, Records]]:
    names = data.columns(query)
    rows: Iterable[Row] = data.rows(query)
    for student_id, group in groupby(rows, itemgetter(names.index("student_id"))):
        yield student_id, [dict(zip(names, row, strict=True)) for row in group]


def _parts(classes: Records, grades: Records) -> tuple[Part, ...]:
    return (
        table_of_records(classes, BY_CLASSES, title=_("Classes"), empty=""),
        table_of_records(
            grades, GRADED, title=_("Grades"), empty=_("Nothing was graded in this term.")
        ),
        *(
            Text(f"{each['class']}: {each['remark_by']}", each["remark"])
            for each in classes
            if each["remark"]
        ),
    )


KIND = Kind(
    name="report_cards",
    title=gettext_lazy("Report cards"),
    says=gettext_lazy("For each student of the classes a card of a term: work, grades, remarks."),
    params=CardParams,
    queries={
        "rows": reading(ROWS, OF_TERM, CHOSEN_CLASSES, ENROLLED, WORK, DONE),
        "grades": reading(GRADES, OF_TERM, CHOSEN_CLASSES, WORK),
        "classes": reading(BY_CLASS, OF_TERM, CHOSEN_CLASSES, WORK),
    },
    compose=compose,
    cards=cards,
    keys=("student_id", "class_id"),
    names=("student", "class"),
    figures=titles_of(SHOWN, "handed_in", "late", "missing", "graded", "average", "remark"),
    stale_on=CHANGED_BY | {RemarkWritten},
)
