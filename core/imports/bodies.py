"""What is sent and told of imports."""

from datetime import datetime
from typing import Any, Self
from uuid import UUID

from pydantic import Field, StrictBool

from core.http.bodies import Given, Id, Told
from core.imports.models import ImportRow, PeopleImport, RowOutcome
from core.imports.queries import Standing
from core.imports.saying import words


class RunGiven(Given):
    """How to carry an import out."""

    invite: StrictBool = Field(default=False, description="whether who is new is invited by mail")
    moves: StrictBool = Field(
        default=False, description="whether who has left a class since is enrolled there again"
    )


class Counts(Told):
    """Rows by what they do; after the import, by what they did."""

    created: int = 0
    changed: int = 0
    unchanged: int = 0
    invited: int = 0
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
    rows_until: datetime | None = Field(
        description="until when its rows and its report are kept; null once they are gone"
    )

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
            rows_until=None if found.rows_gone else found.rows_until,
        )


class FaultTold(Told):
    """What is to be said of a row, and in which column; '' for the row as a whole."""

    column: str
    msg: str


class ImportRowTold(Told):
    """A row of the file; `row` is its number in a spreadsheet."""

    row: int
    outcome: RowOutcome
    faults: list[FaultTold] = Field(description="why it is refused")
    notes: list[FaultTold] = Field(description="what was left for a person to do")
    cells: dict[str, str]

    @classmethod
    def of(cls, row: ImportRow) -> Self:
        """The row in words."""
        return cls(
            row=row.number,
            outcome=RowOutcome(row.outcome),
            faults=_told(row.faults),
            notes=_told(row.notes),
            cells=row.cells,
        )


def _told(said: list[dict[str, Any]]) -> list[FaultTold]:
    return [FaultTold(column=each["column"], msg=words(each)) for each in said]
