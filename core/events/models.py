"""Tables of events and deliveries: what happened, and what must follow."""

from django.contrib.postgres.indexes import BrinIndex
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now


class EventRecord(models.Model):
    """Something that happened, as the action that did it recorded it."""

    id = models.UUIDField(primary_key=True)
    kind = models.CharField(max_length=100)
    version = models.PositiveSmallIntegerField()
    centre_id = models.BigIntegerField()  # 0: of no centre
    subject = models.CharField(max_length=100, default="")  # `homework:7`
    payload = models.JSONField()
    actor_id = models.BigIntegerField(null=True)
    request_id = models.CharField(max_length=64, default="")
    cause_id = models.UUIDField(null=True)  # the event whose handling led to this one
    occurred_at = models.DateTimeField(db_default=Now())

    class Meta:
        db_table = "event"
        indexes = [
            models.Index(fields=["subject"], condition=~Q(subject=""), name="event_subject"),
            models.Index(
                fields=["cause_id"], condition=Q(cause_id__isnull=False), name="event_cause"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.id}"


class DeliveryState(models.TextChoices):
    """Where a delivery stands. `pending` and `running` are open, the others final."""

    PENDING = "pending"
    RUNNING = "running"
    DONE = "done"
    SKIPPED = "skipped"  # intent gone when it ran; the reason says why
    DEAD = "dead"  # out of attempts; waits for a person
    DISCARDED = "discarded"  # a person has given a dead one up


OPEN = Q(state__in=[DeliveryState.PENDING, DeliveryState.RUNNING])


class Delivery(models.Model):
    """One thing that must follow an event: a handler's run, for one key where it fans out.

    `due_at` says from when a worker may claim it: for `pending` the next attempt's time, for
    `running` the end of the lease. One column, so that one index finds all that is claimable.
    """

    id = models.BigAutoField(primary_key=True)
    # No index of its own: the unique one begins with it. And no constraint: to check it made up a
    # third of recording an event, though a delivery is only ever written with its event, or by the
    # running delivery that fans out; and housekeeping drops an event after its deliveries.
    event = models.ForeignKey(
        EventRecord,
        models.CASCADE,
        related_name="deliveries",
        db_index=False,
        db_constraint=False,
    )
    centre_id = models.BigIntegerField()
    handler = models.CharField(max_length=100)
    key = models.CharField(max_length=100, default="")
    state = models.CharField(max_length=9, choices=DeliveryState.choices, default="pending")
    attempt = models.PositiveSmallIntegerField(default=0)
    # Attempts that do not count any more: the fence must never go back, so a redrive raises this.
    forgiven = models.PositiveSmallIntegerField(default=0, db_default=0)
    due_at = models.DateTimeField(db_default=Now())
    detail = models.TextField(default="")  # why skipped, or the last error
    # What a dead one died of, as operators see it: to make that of 100,000 errors takes a second.
    cause = models.TextField(default="", db_default="")
    finished_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "delivery"
        constraints = [
            models.UniqueConstraint(fields=["event", "handler", "key"], name="delivery_once")
        ]
        indexes = [
            models.Index(
                fields=["handler", "centre_id", "due_at"], condition=OPEN, name="delivery_open"
            ),
            # All that groups of dead letters are made of: they are counted without their rows.
            models.Index(
                fields=["handler", "cause", "centre_id"],
                include=["finished_at", "id"],
                condition=Q(state=DeliveryState.DEAD),
                name="delivery_dead_of_cause",
            ),
            # How much was done lately; next to nothing to keep, as rows finish in the order they
            # were written, more or less.
            BrinIndex(
                fields=["finished_at"],
                name="delivery_finished",
                pages_per_range=32,
                autosummarize=True,
            ),
        ]

    def __str__(self) -> str:
        return f"{self.handler} {self.key} of {self.event_id}"


class QueuePause(models.Model):
    """A queue whose deliveries nobody claims until somebody takes the row away."""

    queue = models.CharField(max_length=40, primary_key=True)
    paused_at = models.DateTimeField(db_default=Now())
    paused_by_id = models.BigIntegerField(null=True)
    reason = models.TextField(default="")

    class Meta:
        db_table = "queue_pause"

    def __str__(self) -> str:
        return self.queue
