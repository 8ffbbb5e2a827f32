"""Installs the functions of the outbox, whenever the database has been migrated."""

from pathlib import Path
from typing import Any

from django.apps import AppConfig
from django.db import connections
from django.db.models.signals import post_migrate


def install(using: str, **_: Any) -> None:
    """Create the functions, or replace them."""
    with connections[using].cursor() as cursor:
        for file in sorted(Path(__file__).parent.glob("*.sql")):
            cursor.execute(file.read_text())


class EventsConfig(AppConfig):
    """core.events"""

    name = "core.events"

    def ready(self) -> None:
        """From now on each `migrate` ends with it."""
        post_migrate.connect(install, sender=self)
