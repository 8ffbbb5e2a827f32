"""Installs the function that claims deliveries, whenever the database has been migrated."""

from pathlib import Path
from typing import Any, Final

from django.apps import AppConfig
from django.db import connections
from django.db.models.signals import post_migrate

CLAIM: Final = Path(__file__).with_name("claim.sql")


def install(using: str, **_: Any) -> None:
    """Create the function, or replace it."""
    with connections[using].cursor() as cursor:
        cursor.execute(CLAIM.read_text())


class EventsConfig(AppConfig):
    """core.events"""

    name = "core.events"

    def ready(self) -> None:
        """From now on each `migrate` ends with it."""
        post_migrate.connect(install, sender=self)
