"""Has every database connection follow the scope."""

from django.apps import AppConfig
from django.db.backends.signals import connection_created

from core.isolation.connection import follow_scope


class IsolationConfig(AppConfig):
    """The app of centres kept apart."""

    name = "core.isolation"

    def ready(self) -> None:
        connection_created.connect(follow_scope, dispatch_uid="isolation")
