"""What is read of samples, forecasts and faults."""

from datetime import timedelta

from django.db.models import QuerySet

from core import clock
from core.ops.models import DrainForecast, Fault, ForecastEnd, Sample


def samples(*, queue: str | None = None, hours: int) -> QuerySet[Sample]:
    """The samples of the last hours."""
    rows = Sample.objects.filter(at__gte=clock.now() - timedelta(hours=hours))
    return rows if queue is None else rows.filter(queue=queue)


def forecasts(*, queue: str | None = None) -> QuerySet[DrainForecast]:
    """All forecasts."""
    rows = DrainForecast.objects.all()
    return rows if queue is None else rows.filter(queue=queue)


def tried_forecasts(*, queue: str | None = None) -> QuerySet[DrainForecast]:
    """Those that can be told right or wrong, and those that are open; the latest first."""
    told = [ForecastEnd.DRAINED, ForecastEnd.OPEN]
    return forecasts(queue=queue).filter(outcome__in=told).order_by("-pk")


def faults(*, is_open: bool | None = None) -> QuerySet[Fault]:
    """All faults, or those that still are, or those that are over."""
    rows = Fault.objects.all()
    return rows if is_open is None else rows.filter(ended_at__isnull=is_open)
