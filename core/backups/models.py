"""The table of backups. What a restore needs stands on the disk, beside each backup."""

from django.db import models


class BackupState(models.TextChoices):
    """Where a backup stands. Only a good one has been looked through and can be restored."""

    RUNNING = "running"
    GOOD = "good"
    FAILED = "failed"
    PRUNED = "pruned"  # it was good, and is on the disk no more


class Backup(models.Model):
    """One try at a backup, and what came of it."""

    name = models.CharField(max_length=40, unique=True)  # of its folder, by the time in UTC
    state = models.CharField(max_length=7, choices=BackupState.choices, default=BackupState.RUNNING)
    started_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True)
    requested_by = models.BigIntegerField(null=True)  # a user's id; null: the clock, a command line
    job = models.UUIDField(null=True)  # null: at the command line
    size = models.PositiveBigIntegerField(default=0)  # bytes of its folder: database and lists
    media_files = models.PositiveBigIntegerField(default=0)
    media_size = models.PositiveBigIntegerField(default=0)  # bytes of all files in it
    sha256 = models.CharField(max_length=64, default="")  # of its manifest, which has all others
    error = models.TextField(default="")  # what went wrong, without secrets and people's data

    class Meta:
        db_table = "backup"
        indexes = [models.Index(fields=["state", "-finished_at"], name="backup_latest")]

    def __str__(self) -> str:
        return f"{self.name}: {self.state}"
