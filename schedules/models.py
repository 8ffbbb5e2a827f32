"""Slots: which schedule has fired for which time."""

from django.db import models


class Slot(models.Model):
    """A schedule's turn at a time; unique, so that however many beats tick, it happens once."""

    schedule = models.CharField(max_length=100)
    due_at = models.DateTimeField()
    fired_at = models.DateTimeField()
    by_id = models.BigIntegerField(null=True)  # the operator who ran it; null: the clock

    class Meta:
        db_table = "schedule_slot"
        constraints = [models.UniqueConstraint(fields=["schedule", "due_at"], name="slot_once")]

    def __str__(self) -> str:
        return f"{self.schedule} at {self.due_at}"


class NextSlot(models.Model):
    """When beat means to fire a schedule next; a time that has passed says that no beat runs."""

    schedule = models.CharField(max_length=100, primary_key=True)
    due_at = models.DateTimeField()

    class Meta:
        db_table = "schedule_next"

    def __str__(self) -> str:
        return f"{self.schedule}, next at {self.due_at}"
