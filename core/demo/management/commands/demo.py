"""`manage.py demo`: loads the demo school into an empty database."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from core.demo.school import load_demo_school


class Command(BaseCommand):
    """Loads the demo school; refused where DEBUG is off, because everyone knows its password."""

    help = "Load the demo school into an empty database (development only)."

    def handle(self, *_args: Any, **_options: Any) -> None:
        if not settings.DEBUG:
            raise CommandError("The demo school is for development: it is refused with DEBUG off.")
        loaded = load_demo_school()
        self.stdout.write("Demo school loaded." if loaded else "There are people already.")
