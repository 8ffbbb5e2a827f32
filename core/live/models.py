"""Tables of streams and their entries."""

from django.db import models
from django.db.models.functions import Now


class Stream(models.Model):
    """A numbered line of entries; its row is the lock under which numbers are given."""

    name = models.CharField(max_length=100, primary_key=True)
    head = models.BigIntegerField()  # number of the newest entry

    class Meta:
        db_table = "live_stream"

    def __str__(self) -> str:
        return f"{self.name}@{self.head}"


class Entry(models.Model):
    """One entry of a stream."""

    stream = models.CharField(max_length=100)
    seq = models.BigIntegerField()
    type = models.CharField(max_length=40)
    data = models.JSONField()
    at = models.DateTimeField(db_default=Now())

    class Meta:
        db_table = "live_entry"
        constraints = [models.UniqueConstraint(fields=["stream", "seq"], name="live_entry_once")]

    def __str__(self) -> str:
        return f"{self.stream}#{self.seq}"
