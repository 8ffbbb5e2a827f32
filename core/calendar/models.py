"""Tables of terms and closed days. That none overlaps is promised by the migration's SQL."""

from datetime import date

from django.db import models
from django.db.models import F, Q

from core.people.models import Centre


class Term(models.Model):
    """A part of the school year, first and last day included."""

    centre = models.ForeignKey(Centre, models.CASCADE, related_name="+")
    name = models.CharField(max_length=100)
    begins = models.DateField()
    ends = models.DateField()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(ends__gt=F("begins")), name="term_ends_after_begins")
        ]

    def __str__(self) -> str:
        return self.name


class ClosedDay(models.Model):
    """A day without school, or all days from `day` to `until`."""

    centre = models.ForeignKey(Centre, models.CASCADE, related_name="+")
    name = models.CharField(max_length=100)
    day = models.DateField()
    until = models.DateField(null=True)  # null: this day alone

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(until=None) | Q(until__gt=F("day")), name="closed_until_after_day"
            )
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def last(self) -> date:
        """The last closed day."""
        return self.until or self.day
