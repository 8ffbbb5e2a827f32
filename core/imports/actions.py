"""All that changes imports: uploading a file, looking through it, carrying it out in steps."""

from collections.abc import Sequence
from typing import Any, Final

from django.db import transaction

from core import clock
from core.audit.actions import record
from core.events.publish import publish
from core.imports import queries
from core.imports.columns import Row
from core.imports.events import ImportFinished, ImportStarted, ImportUploaded
from core.imports.models import ImportRow, ImportState, PeopleImport, RowOutcome
from core.imports.planning import Plan
from core.imports.saying import Said
from core.imports.world import read_world
from core.imports.writing import carry_out
from core.jobs.actions import request_job
from core.people.actor import Actor
from core.refusals import ConflictError, InvalidError

LARGEST: Final = 5_000_000  # bytes
CHECK: Final = "imports.check_import"
RUN: Final = "imports.run_import"


@transaction.atomic
def upload_import(*, file_name: str, content: bytes, by: Actor) -> PeopleImport:
    """Keep a file and have it looked through; nothing else is written before it is started."""
    if not content:
        raise InvalidError("file", "must not be empty")
    made = PeopleImport.objects.create(
        centre_id=by.centre_id,
        by_id=by.user_id,
        file_name=_shown_name(file_name),
        content=content,
        created_at=clock.now(),
    )
    event = ImportUploaded(centre_id=by.centre_id, import_id=made.pk)
    made.job = request_job(event, kind=CHECK).pk
    made.save(update_fields=["job"])
    record("import.uploaded", **_who(made, by), detail={"file": made.file_name})
    return made


@transaction.atomic
def start_import(*, import_id: int, invites: bool, by: Actor, moves: bool = False) -> PeopleImport:
    """Have an import carried out that was looked through, or that failed or was stopped before.

    With `invites` who is new is invited by mail, with `moves` who has left a class is enrolled
    there again. ConflictError for what cannot be started.
    """
    queries.get_import(import_id, by=by)
    found = queries.imports_of(by).select_for_update(of=("self",)).get(pk=import_id)
    if found.rows_gone:
        raise ConflictError("The rows of this import are gone: upload the file again.")
    if queries.standing_of(found).shown not in queries.STARTABLE:
        raise ConflictError("Only an import that was looked through can be started.")
    found.invites, found.moves = invites, moves
    found.state = ImportState.RUNNING
    event = ImportStarted(centre_id=by.centre_id, import_id=found.pk)
    found.job = request_job(event, kind=RUN).pk
    found.save(update_fields=["invites", "moves", "state", "job"])
    record("import.started", **_who(found, by), detail={"file": found.file_name})
    return found


@transaction.atomic
def note_unreadable(found: PeopleImport, why: Said) -> None:
    """Write down that the file is no table that can be read."""
    found.state, found.fault, found.content = ImportState.UNREADABLE, why, None
    found.finished_at = clock.now()
    found.save(update_fields=["state", "fault", "content", "finished_at"])


def plan_all(found: PeopleImport, rows: Sequence[Row]) -> Plan:
    """What all rows would do, one after the other; writes nothing."""
    plan = Plan(read_world(found.centre_id, rows))
    plan.add(rows)
    return plan


@transaction.atomic
def note_report(found: PeopleImport, rows: Sequence[Row], plan: Plan) -> None:
    """Write down what each row would do; the file itself is not needed any more."""
    found.rows.all().delete()
    ImportRow.objects.bulk_create(
        (
            ImportRow(
                centre_id=found.centre_id,
                file=found,
                number=row.number,
                cells=row.cells,
                outcome=plan.outcomes[row.number],
                faults=row.faults,
                notes=row.notes,
            )
            for row in rows
        ),
        batch_size=2_000,
    )
    found.state, found.counts, found.content = ImportState.CHECKED, plan.counts, None
    found.save(update_fields=["state", "counts", "content"])


def carry_out_rows(found: PeopleImport, batch: Sequence[ImportRow]) -> None:
    """Carry out the next rows in the present transaction; what the report refused stays refused."""
    stored = {row.number: row for row in batch if row.outcome != RowOutcome.REFUSED}
    rows = [Row(number=row.number, cells=row.cells) for row in stored.values()]
    outcomes = carry_out(found, rows) if rows else {}
    changed = []
    for row in rows:
        before = stored[row.number]
        if (before.outcome, before.notes) != (outcomes[row.number], row.notes):
            before.outcome, before.notes = outcomes[row.number], row.notes
            before.faults = row.faults
            changed.append(before)
    ImportRow.objects.bulk_update(changed, ["outcome", "faults", "notes"])
    found.done = batch[-1].number
    found.save(update_fields=["done"])


def finish_import(found: PeopleImport) -> None:
    """Write down, in the present transaction, that all rows were carried out or refused."""
    found.state, found.finished_at = ImportState.DONE, clock.now()
    found.counts = queries.counts_of(found)
    found.save(update_fields=["state", "counts", "finished_at"])
    publish(ImportFinished(centre_id=found.centre_id, import_id=found.pk))
    record(
        "import.finished",
        centre_id=found.centre_id,
        by=found.by_id,
        subject=f"import:{found.pk}",
        detail={"file": found.file_name, **found.counts},
    )


def _shown_name(file_name: str) -> str:
    """The name of the file in one line, without a path."""
    last = file_name.replace("\\", "/").rpartition("/")[2]
    return "".join(char for char in last if char.isprintable())[:200] or "import"


def _who(found: PeopleImport, by: Actor) -> dict[str, Any]:
    return {"centre_id": by.centre_id, "by": by.user_id, "subject": f"import:{found.pk}"}
