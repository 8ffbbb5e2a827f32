"""What is sent and told of imports."""

from datetime import datetime
from typing import Self
from uuid import UUID

from pydantic import Field, StrictBool

from core.http.bodies import Given, Id, Told
from core.imports.models import ImportRow, PeopleImport, RowOutcome
from core.imports.queries import Standing
from core.imports.saying import words


class RunGiven(Given):
    """How to carry an import out."""

    invite: StrictBool = Field(default=False, description="whether who is new is invited by mail")


class Counts(Told):
    """Rows by what they do; after the import, by what they did."""

    created: int = 0
    changed: int = 0
    unchanged: int = 0
    refused: int = 0


class ImportTold(Told):
    """A file of people, and how its import stands."""

    id: Id
    file_name: str
    state: str = Field(
        description="checking, unreadable, checked, running, done, failed or cancelled"
    )
    fault: str = Field(description="why the file cannot be read")
    counts: Counts
    total: int
    progress: float
    job_id: UUID | None
    uploaded_by: str
    created_at: datetime
    finished_at: datetime | None

    @classmethod
    def of(cls, found: PeopleImport, standing: Standing) -> Self:
        """The import in words; who uploaded it should be selected."""
        return cls(
            id=str(found.pk),
            file_name=found.file_name,
            state=standing.shown,
            fault=words(found.fault),
            counts=Counts(**found.counts),
            total=found.total,
            progress=standing.progress,
            job_id=standing.job_id,
            uploaded_by=found.by.name,
            created_at=found.created_at,
            finished_at=found.finished_at,
        )


class FaultTold(Told):
    """What is wrong with a row, and in which column; '' for the row as a whole."""

    column: str
    msg: str


class ImportRowTold(Told):
    """A row of the file; `row` is its number in a spreadsheet."""

    row: int
    outcome: RowOutcome
    faults: list[FaultTold]
    cells: dict[str, str]

    @classmethod
    def of(cls, row: ImportRow) -> Self:
        """The row in words."""
        return cls(
            row=row.number,
            outcome=RowOutcome(row.outcome),
            faults=[FaultTold(column=each["column"], msg=words(each)) for each in row.faults],
            cells=row.cells,
        )
