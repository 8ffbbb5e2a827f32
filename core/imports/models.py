"""Tables of imports and their rows."""

from datetime import datetime

from django.db import models
from django.db.models import Q, Value

from core.events.retention import IMPORT_ROWS
from core.people.models import Centre, User


class ImportState(models.TextChoices):
    """Where an import stands by itself; its job may have failed or been cancelled meanwhile."""

    CHECKING = "checking"  # a job looks through the file
    UNREADABLE = "unreadable"  # and could not; `fault` says why
    CHECKED = "checked"  # the report can be read, nothing is written yet
    RUNNING = "running"
    DONE = "done"


class RowOutcome(models.TextChoices):
    """What a row does; after the import, what it did."""

    CREATED = "created"
    CHANGED = "changed"
    UNCHANGED = "unchanged"
    INVITED = "invited"  # somebody whom it names is asked to join; the rest of it was done
    REFUSED = "refused"


class PeopleImport(models.Model):
    """A file of pupils, guardians and enrolments. Its bytes are kept only until they were read."""

    centre = models.ForeignKey(Centre, models.CASCADE, related_name="+")
    by = models.ForeignKey(User, models.CASCADE, related_name="+")
    file_name = models.CharField(max_length=200)
    content = models.BinaryField(null=True)
    state = models.CharField(
        max_length=10, choices=ImportState.choices, default=ImportState.CHECKING
    )
    fault = models.JSONField(default=dict)  # why it cannot be read; see saying.py
    counts = models.JSONField(default=dict)  # rows by outcome: {"created": 3}
    done = models.PositiveIntegerField(default=0)  # the number of the last row carried out
    invites = models.BooleanField(default=False)  # whether who is new is invited by mail
    moves = models.BooleanField(db_default=False, default=False)  # whether who left a class returns
    rows_gone = models.BooleanField(db_default=False, default=False)  # they leave after a time
    job = models.UUIDField(null=True)  # the latest: it looks through, or carries out
    created_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            models.Index(fields=["centre", "-created_at", "-id"], name="import_latest"),
            models.Index(
                fields=["created_at"], condition=Q(rows_gone=False), name="import_with_rows"
            ),
        ]

    def __str__(self) -> str:
        return self.file_name

    @property
    def rows_until(self) -> datetime:
        """Until when its rows are kept, unless a job is at work on them then."""
        return (self.finished_at or self.created_at) + IMPORT_ROWS

    @property
    def total(self) -> int:
        """How many rows the file has."""
        return sum(self.counts.values())


class ImportRow(models.Model):
    """A row of the file, and what it does or why it is refused."""

    centre = models.ForeignKey(Centre, models.CASCADE, related_name="+")
    file = models.ForeignKey(PeopleImport, models.CASCADE, related_name="rows")
    number = models.PositiveIntegerField()  # as a spreadsheet shows it; the header is 1
    cells = models.JSONField()  # by column, as they were read
    outcome = models.CharField(max_length=9, choices=RowOutcome.choices)
    faults = models.JSONField(default=list)  # [{"column": "class", "text": ...}]; see saying.py
    notes = models.JSONField(  # the same, of what was left for a person to do
        db_default=Value([], models.JSONField()), default=list
    )

    class Meta:
        constraints = [models.UniqueConstraint(fields=["file", "number"], name="import_row_once")]
        indexes = [models.Index(fields=["file", "outcome", "number"], name="import_row_outcome")]

    def __str__(self) -> str:
        return f"{self.file} row {self.number}"
