"""The table of jobs."""

from django.db import models

from core.events.models import Delivery


class JobState(models.TextChoices):
    """Where a job stands. `requested` and `running` are open, the others final."""

    REQUESTED = "requested"  # waits for a worker, for the first time or again
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"  # its delivery is a dead letter
    CANCELLED = "cancelled"


class Job(models.Model):
    """Long work: a delivery like any other, and what people see of it.

    The delivery has the lease, the attempts and the error; this row has what a job has besides.
    """

    id = models.UUIDField(primary_key=True)
    delivery = models.OneToOneField(Delivery, models.CASCADE, related_name="job")
    kind = models.CharField(max_length=100)  # the handler's name
    centre_id = models.BigIntegerField()
    requested_by = models.BigIntegerField(null=True)  # a user's id; null: the clock
    requested_at = models.DateTimeField()
    state = models.CharField(max_length=9, choices=JobState.choices, default=JobState.REQUESTED)
    stage = models.CharField(max_length=200, default="")
    progress = models.FloatField(default=0)  # 0 to 1
    checkpoint = models.JSONField(null=True)
    cancel_requested_at = models.DateTimeField(null=True)
    result = models.JSONField(null=True)
    started_at = models.DateTimeField(null=True)  # the latest attempt
    finished_at = models.DateTimeField(null=True)
    worker = models.CharField(max_length=200, default="")

    class Meta:
        db_table = "job"
        indexes = [
            models.Index(fields=["requested_by", "-requested_at"], name="job_of_person"),
            models.Index(fields=["kind", "centre_id", "started_at"], name="job_turns"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.id}"

    @property
    def is_final(self) -> bool:
        """Whether nothing more comes of it by itself."""
        return self.state not in (JobState.REQUESTED, JobState.RUNNING)
