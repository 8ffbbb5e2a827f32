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
    # What it was at when it spoke; '' and nothing while it waits.
    doing = models.CharField(max_length=100, default="", db_default="")  # the handler's name
    since = models.DateTimeField(null=True)
    task_id = models.CharField(max_length=64, default="", db_default="")  # as Flower knows it
    deliveries = ArrayField(models.BigIntegerField(), default=list, db_default=[])

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
    RUN = "run"  # a schedule


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


class Look(models.Model):
    """When a relay last looked at everything: of several, one does so in each slot. One row."""

    at = models.DateTimeField()  # the beginning of a slot of ten seconds

    class Meta:
        db_table = "ops_look"

    def __str__(self) -> str:
        return f"look at {self.at}"


class Sample(models.Model):
    """How a queue stood at a moment."""

    at = models.DateTimeField()
    queue = models.CharField(max_length=40)
    depth = models.IntegerField()  # deliveries that wait
    due = models.IntegerField()  # of those, that could run now
    running = models.IntegerField()
    oldest_age = models.FloatField(null=True)  # seconds since the longest waiting one was due
    done = models.IntegerField()  # since the sample before, or for `seconds`
    seconds = models.FloatField()
    workers = models.IntegerField()
    processes = models.IntegerField()
    is_steady = models.BooleanField()  # it had work, and as many processes, all the time

    class Meta:
        db_table = "ops_sample"
        constraints = [models.UniqueConstraint(fields=["at", "queue"], name="sample_once")]
        indexes = [
            # What processes can do is learnt from these alone.
            models.Index(
                fields=["queue", "-at"],
                include=["processes", "done", "seconds"],
                condition=models.Q(is_steady=True),
                name="sample_steady",
            )
        ]

    def __str__(self) -> str:
        return f"{self.queue} at {self.at}"


class ForecastEnd(models.TextChoices):
    """How a forecast ended. One that is open has none."""

    OPEN = ""
    DRAINED = "drained"
    SCALED = "scaled"  # the number of processes changed: another forecast took its place
    GREW = "grew"  # much more came
    PAUSED = "paused"


class DrainForecast(models.Model):
    """What was predicted of a backlog with so many processes, and what became of it."""

    queue = models.CharField(max_length=40)
    made_at = models.DateTimeField(db_default=Now())
    workers = models.IntegerField()
    processes = models.IntegerField()
    due = models.IntegerField()  # deliveries that could run then
    per_second = models.FloatField()  # what was believed to be done in a second
    predicted_seconds = models.FloatField()
    is_measured = models.BooleanField()  # so many processes had been seen at work before
    # Otherwise: what it was said to take in all, once they had been.
    corrected_at = models.DateTimeField(null=True)
    corrected_seconds = models.FloatField(null=True)
    ended_at = models.DateTimeField(null=True)
    outcome = models.CharField(
        max_length=7, choices=ForecastEnd.choices, default="", db_default="", blank=True
    )

    class Meta:
        db_table = "drain_forecast"
        constraints = [
            models.UniqueConstraint(
                fields=["queue"], condition=models.Q(ended_at=None), name="forecast_open_once"
            )
        ]
        indexes = [models.Index(fields=["made_at"], name="forecast_made")]

    def __str__(self) -> str:
        return f"{self.queue}: {self.predicted_seconds:.0f} s from {self.made_at}"

    @property
    def actual_seconds(self) -> float | None:
        """How long it took until nothing was due; None while it is not over, or will not be."""
        if self.ended_at is None or self.outcome != ForecastEnd.DRAINED:
            return None
        return (self.ended_at - self.made_at).total_seconds()


class FaultKind(models.TextChoices):
    """What may be wrong with the system; `subject` says with what of it."""

    NO_WORKER = "no_worker"  # a queue: something is due, and nobody serves it
    CANARY_LATE = "canary_late"  # a queue
    LEASE_RAN_OUT = "lease_ran_out"  # a queue
    DEAD_LETTERS = "dead_letters"  # a queue
    WORKER_GONE = "worker_gone"  # a worker: silent, and has not said goodbye
    SCHEDULE_LATE = "schedule_late"  # a schedule
    REDIS_AWAY = "redis_away"
    MAIL_AWAY = "mail_away"


class Fault(models.Model):
    """Something that was wrong for a while, or is. Open once per kind and subject."""

    kind = models.CharField(max_length=16, choices=FaultKind.choices)
    subject = models.CharField(max_length=200, default="", blank=True)
    began_at = models.DateTimeField(db_default=Now())
    ended_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "ops_fault"
        constraints = [
            models.UniqueConstraint(
                fields=["kind", "subject"],
                condition=models.Q(ended_at=None),
                name="fault_open_once",
            )
        ]
        indexes = [models.Index(fields=["ended_at"], name="fault_ended")]

    def __str__(self) -> str:
        return f"{self.kind} {self.subject} since {self.began_at}"
