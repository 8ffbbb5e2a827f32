"""Tables and views of operating: what operators see, and what they did."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models.functions import Now


class SeenDelivery(models.Model):
    """A delivery as operators see it: with its cause, without what people wrote. A view."""

    id = models.BigIntegerField(primary_key=True)
    event_id = models.UUIDField()
    kind = models.CharField(max_length=100)
    occurred_at = models.DateTimeField()
    centre_id = models.BigIntegerField()
    handler = models.CharField(max_length=100)
    key = models.CharField(max_length=100)
    state = models.CharField(max_length=9)
    attempt = models.PositiveSmallIntegerField()
    due_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True)
    error = models.TextField()
    cause = models.TextField()
    group_id = models.TextField()
    mail_state = models.TextField(null=True)  # noqa: DJ001 - null: it has no mail
    mail_sensitive = models.BooleanField(null=True)

    class Meta:
        managed = False
        db_table = "ops_delivery"

    def __str__(self) -> str:
        return f"{self.handler} {self.id}"


class DeadLetterGroup(models.Model):
    """Dead letters of one handler that died of the same cause. A view."""

    id = models.TextField(primary_key=True)
    handler = models.CharField(max_length=100)
    cause = models.TextField()
    letters = models.IntegerField()
    centres = models.IntegerField()
    first_at = models.DateTimeField()
    last_at = models.DateTimeField()
    example = models.ForeignKey(SeenDelivery, models.DO_NOTHING, related_name="+")

    class Meta:
        managed = False
        db_table = "ops_dead_letter_group"

    def __str__(self) -> str:
        return f"{self.handler}: {self.cause}"


class WorkerProcess(models.Model):
    """A process of a worker that has lately said that it is there."""

    worker = models.CharField(max_length=200)  # `worker-2@host`
    pid = models.IntegerField()
    queues = ArrayField(models.CharField(max_length=100))
    seen_at = models.DateTimeField()

    class Meta:
        db_table = "worker_process"
        constraints = [
            models.UniqueConstraint(fields=["worker", "pid"], name="worker_process_once")
        ]

    def __str__(self) -> str:
        return f"{self.worker} {self.pid}"


class RedriveState(models.TextChoices):
    """Where a redrive stands."""

    WAITING = "waiting"  # for its canary
    RELEASED = "released"
    STOPPED = "stopped"  # the canary died again


class Redrive(models.Model):
    """Dead letters that were given another chance, behind a canary or all at once."""

    started_at = models.DateTimeField(db_default=Now())
    started_by_id = models.BigIntegerField(null=True)
    state = models.CharField(max_length=8, choices=RedriveState.choices)
    canary_id = models.BigIntegerField(null=True)
    held = ArrayField(models.BigIntegerField())
    released = models.IntegerField(default=0)
    finished_at = models.DateTimeField(null=True)
    outcome = models.TextField(default="")

    class Meta:
        db_table = "redrive"

    def __str__(self) -> str:
        return f"redrive {self.pk}: {self.state}"


class OpsAction(models.TextChoices):
    """What an operator, or the system in their name, did."""

    REDRIVE = "redrive"
    RELEASE = "release"
    STOP = "stop"
    DISCARD = "discard"
    PAUSE = "pause"
    RESUME = "resume"


class OpsAudit(models.Model):
    """One act of an operator. Rows are only ever added."""

    at = models.DateTimeField(db_default=Now())
    actor_id = models.BigIntegerField(null=True)
    action = models.CharField(max_length=8, choices=OpsAction.choices)
    filter = models.JSONField(default=dict)
    counts = models.JSONField(default=dict)
    reason = models.TextField(default="")

    class Meta:
        db_table = "ops_audit"

    def __str__(self) -> str:
        return f"{self.action} at {self.at}"
