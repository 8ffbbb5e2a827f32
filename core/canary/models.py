"""The table of canaries."""

from django.db import models


class QueueCanary(models.Model):
    """The last canary that a queue has answered."""

    queue = models.CharField(max_length=40, primary_key=True)
    sent_at = models.DateTimeField()
    answered_at = models.DateTimeField()

    class Meta:
        db_table = "queue_canary"

    def __str__(self) -> str:
        return self.queue
