"""Backups over HTTP, for operators."""

from datetime import datetime
from typing import Annotated, Final, Self

from django.http import HttpRequest
from ninja import Query, Router, Status
from pydantic import Field

from core.backups import actions, queries
from core.backups.models import Backup, BackupState
from core.http.bodies import Id, Told
from core.http.lists import Order, Page, Wanted, read_page
from core.jobs.api import JobTold
from core.people.signed_in import signed_in

router = Router(tags=["operations"])

LATEST_FIRST: Final = Order(Backup, "-id")


class BackupTold(Told):
    """A backup, or a try that came to nothing; `pruned` ones have left the disk."""

    id: Id
    name: str
    state: BackupState
    started_at: datetime
    finished_at: datetime | None
    size: Annotated[int, Field(description="bytes of the database, compressed twice")]
    media_files: int
    media_size: Annotated[int, Field(description="bytes of all files; kept once for all backups")]
    sha256: Annotated[str, Field(description="of its manifest, which has all others")]
    error: str
    requested_by: Annotated[Id | None, Field(description="null: the clock, or a command line")]

    @classmethod
    def of(cls, backup: Backup) -> Self:
        """The backup in words."""
        names = cls.model_fields.keys() - {"id", "requested_by"}
        by = backup.requested_by
        return cls(
            id=str(backup.pk),
            requested_by=None if by is None else str(by),
            **{name: getattr(backup, name) for name in names},
        )


@router.get(
    "ops/backups", response=Page[BackupTold], operation_id="list_backups", summary="Backups"
)
def list_backups(request: HttpRequest, wanted: Query[Wanted]) -> Page[BackupTold]:
    """All backups and all tries, the latest first."""
    return read_page(queries.backups(), LATEST_FIRST, wanted, BackupTold.of)


@router.post(
    "ops/backups", response={202: JobTold}, operation_id="make_backup", summary="Make a backup"
)
def make_backup(request: HttpRequest) -> Status[JobTold]:
    """Has one made now. Who asks while one is made already gets the same job."""
    job = actions.ask_for_backup(by=signed_in(request).pk)
    return Status(202, JobTold.of(job))
