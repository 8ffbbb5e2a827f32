"""The grade book of a class: its students against its published homework."""

import csv
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from io import StringIO
from typing import Final

from django.db.models import Q, QuerySet

from core.classes.models import SchoolClass
from core.classes.queries import get_class, may_oversee, students_of
from core.homework.models import Homework, HomeworkState
from core.http.lists import Order, Wanted, read_page
from core.people.actor import Actor
from core.people.models import User
from core.refusals import NotAllowedError
from core.submissions.bodies import (
    CellTold,
    ColumnTold,
    GradeBookTold,
    GradedStudentTold,
    GradeRowTold,
    Standing,
    score_of,
    standing_of,
)
from core.submissions.models import Submission

BY_NAME: Final = Order(User, "name", "id")
MOST_COLUMNS: Final = 200  # the latest; more than a class gets in a year
FORMULA: Final = ("=", "+", "-", "@", "\t", "\r")  # what a spreadsheet would carry out
AT_ONCE: Final = 500  # students of a download


@dataclass(frozen=True, slots=True)
class Cell:
    """A student's work for a homework, if there is any."""

    homework: Homework
    submission: Submission | None

    @property
    def standing(self) -> Standing:
        """The word for it."""
        return standing_of(self.homework, self.submission)

    def tell(self) -> CellTold:
        """The cell in words."""
        found = self.submission
        return CellTold(
            homework_id=str(self.homework.pk),
            submission_id=str(found.pk) if found else None,
            standing=self.standing,
            score=score_of(found.score) if found else None,
            is_late=bool(found and found.is_late),
        )


@dataclass(frozen=True, slots=True)
class Line:
    """A student's line."""

    student: User
    cells: list[Cell]


@dataclass(frozen=True, slots=True)
class GradeBook:
    """A part of a grade book."""

    school_class: SchoolClass
    homework: list[Homework]
    lines: list[Line]
    next: str | None

    def tell(self) -> GradeBookTold:
        """The grade book in words."""
        return GradeBookTold(
            class_id=str(self.school_class.pk),
            class_name=self.school_class.name,
            homework=[ColumnTold.of(each) for each in self.homework],
            items=[
                GradeRowTold(
                    student=GradedStudentTold.of(line.student),
                    cells=[cell.tell() for cell in line.cells],
                )
                for line in self.lines
            ],
            next=self.next,
        )


def class_to_grade(class_id: int, *, by: Actor) -> SchoolClass:
    """A class whose grade book the actor may see: its teachers, and the centre's staff."""
    school_class = get_class(class_id, by=by)
    if not may_oversee(school_class, by):
        raise NotAllowedError("Only those who teach or oversee the class can see this.")
    return school_class


def read_grade_book(school_class: SchoolClass, wanted: Wanted, whose: Q | None = None) -> GradeBook:
    """A part of the grade book, or of some students' lines; three queries, whatever its size."""
    homework = homework_of(school_class)
    students = students_of(school_class).filter(whose or Q())
    page = read_page(students, BY_NAME, wanted, lambda row: row)
    return GradeBook(school_class, homework, lines_of(homework, page.items), page.next)


def homework_of(school_class: SchoolClass) -> list[Homework]:
    """What is published for a class, by due date; the latest where there is very much."""
    published = Homework.objects.filter(school_class=school_class, state=HomeworkState.PUBLISHED)
    return list(published.order_by("-due_at", "-pk")[:MOST_COLUMNS])[::-1]


def lines_of(homework: Sequence[Homework], students: Iterable[User]) -> list[Line]:
    """The students' lines; one query for all of them."""
    columns = {each.pk: each for each in homework}
    found = {}
    people = list(students)
    handed_in: QuerySet[Submission] = Submission.objects.filter(
        homework__in=list(columns), student__in=people
    ).defer("body", "comment")
    for each in handed_in:
        each.homework = columns[each.homework_id]
        found[each.student_id, each.homework_id] = each
    return [
        Line(student, [Cell(each, found.get((student.pk, each.pk))) for each in homework])
        for student in people
    ]


def grade_book_csv(school_class: SchoolClass) -> Iterable[str]:
    """The whole grade book as CSV, a part at a time."""
    homework = homework_of(school_class)
    heads = [f"{each.title} (of {each.max_score})" for each in homework]
    yield "\ufeff" + csv_line(["Student", *heads])  # so that spreadsheets read UTF-8
    cursor: str | None = None
    while True:
        wanted = Wanted.model_construct(limit=AT_ONCE, cursor=cursor)
        page = read_page(students_of(school_class), BY_NAME, wanted, lambda row: row)
        for line in lines_of(homework, page.items):
            yield csv_line([line.student.name, *map(_in_words, line.cells)])
        cursor = page.next
        if cursor is None:
            return


def _in_words(cell: Cell) -> str:
    """The score; without one, how it stands."""
    found = cell.submission
    if found and found.score is not None:
        return f"{found.score.normalize():f}"
    word = "" if cell.standing == "open" else cell.standing.replace("_", " ")
    return f"{word} (late)" if found and found.is_late else word


def csv_line(cells: Iterable[str]) -> str:
    """A line of CSV in which no spreadsheet finds a formula (OWASP, CSV injection)."""
    written = StringIO()
    csv.writer(written).writerow(
        [f"'{each}" if each.startswith(FORMULA) else each for each in cells]
    )
    return written.getvalue()
