"""The row that every contender's work is about."""

from typing import ClassVar

from django.db import models


class Row(models.Model):
    """Made by an action; `done_at` is set through the ORM by what follows."""

    value = models.IntegerField(default=0)
    committed_at = models.FloatField(default=0)  # seconds, when the commit had returned
    done_at = models.FloatField(null=True)  # seconds, when the handler got to it

    objects: ClassVar[models.Manager["Row"]] = models.Manager()

    class Meta:
        db_table = "bench_row"

    def __str__(self) -> str:
        return f"{self.pk}"


class Told(models.Model):
    """One recipient of an action that tells many."""

    recipient = models.IntegerField()

    objects: ClassVar[models.Manager["Told"]] = models.Manager()

    class Meta:
        db_table = "bench_told"

    def __str__(self) -> str:
        return f"{self.recipient}"
