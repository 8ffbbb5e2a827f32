"""The reports that are written: the progress of classes, and a card for each pupil."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from core.reports.content import Chart, Column, Document, Facts, Head, Point, Row, Table, Text, Type

COLUMNS: Final = (
    Column("Pupil", Type.TEXT, 2),
    Column("Class"),
    Column("Course", Type.TEXT, 1.3),
    Column("Set", Type.INTEGER, 0.8),
    Column("Handed in", Type.INTEGER),
    Column("Average", Type.NUMBER),
    Column("In time", Type.PERCENT),
    Column("Last work", Type.DATE, 1.2),
    Column("Last seen", Type.MOMENT, 1.7),
    Column("Remark", Type.TEXT, 2),
)
COURSES: Final = ("Mathematics", "History", "Geography", "Physics", "Spanish")
REMARKS: Final = ("", "Works with care", "Asks good questions", "Often late")
HEAD: Final = Head(
    centre="Oakwood School",
    colour="#0f6e77",
    language="en",
    timezone="Europe/London",
    title="Class progress",
    subtitle="All classes, autumn term",
    asked_by="Tess Teacher",
    generated_at=datetime(2026, 11, 21, 16, 30, tzinfo=UTC),
    filters=(("From", "1 September 2026"), ("To", "18 December 2026")),
)


@dataclass(frozen=True)
class Progress:
    """So many rows, as a snapshot gives them: made when they are read."""

    count: int

    def __iter__(self) -> Iterator[Row]:
        for at in range(self.count):
            day = f"2026-{9 + at % 3:02}-{1 + at % 28:02}"
            figures = (str(at % 31), str(at % 29), f"{at % 1_000 / 10}", f"{at % 997 / 997:.4f}")
            who = (f"Pupil Number {at}", f"{7 + at % 6}{'ABCD'[at % 4]}", COURSES[at % 5])
            yield (*who, *figures, day, f"{day} {8 + at % 9:02}:{at % 60:02}", REMARKS[at % 4])


def chart() -> Chart:
    points = [Point(f"Week {at}", 60 + at * 7 % 31) for at in range(1, 13)]
    return Chart("Average by week", "line", "Week", "Points", tuple(points), "It stays near 75.")


def progress_report(rows: int) -> Document:
    """A document of figures, a chart and one long table."""
    facts = Facts("Key figures", (("Pupils", f"{rows:,}"), ("Handed in", "87.5%")))
    table = Table("Pupils", COLUMNS, Progress(rows), rows, "No pupils.")
    return Document(HEAD, (facts, chart(), table))


def cards(count: int, folder: Path) -> Iterator[tuple[Path, Document]]:
    """Each with figures, a chart, a table of a dozen rows and a comment."""
    table = Table("Courses", COLUMNS[1:7], [row[1:7] for row in Progress(12)], 12, "No courses.")
    for at in range(count):
        facts = Facts("Key figures", (("Pupil", f"Pupil Number {at}"), ("Average", f"{at % 100}")))
        parts = (facts, chart(), table, Text("Comment", f"Well done, number {at}. Go on."))
        yield folder / f"{at:06}.pdf", Document(HEAD, parts)
