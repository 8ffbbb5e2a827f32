"""Has every database connection timed."""

from django.apps import AppConfig
from django.db.backends.signals import connection_created

from core.metrics.statements import watch_statements


class MetricsConfig(AppConfig):
    """core.metrics"""

    name = "core.metrics"

    def ready(self) -> None:
        connection_created.connect(watch_statements, dispatch_uid="metrics")
