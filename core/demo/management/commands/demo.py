"""`manage.py demo`: the demo school, and a large one for benchmarks."""

from argparse import ArgumentParser
from typing import Any, Final

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from core.demo.large import load_large_school
from core.demo.school import load_demo_school

MOST_PUPILS: Final = 100_000


class Command(BaseCommand):
    """Loads the demo school; refused where DEBUG is off, because everyone knows its password."""

    help = "Load the demo school into an empty database (development only)."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--pupils",
            type=int,
            metavar="N",
            help="also make the school lindenhof with N pupils, as many parents, classes of 25"
            " with 10 homework each, and a teacher for 50 pupils",
        )

    def handle(self, *_args: Any, pupils: int | None = None, **_options: Any) -> None:
        if not settings.DEBUG:
            raise CommandError("The demo school is for development: it is refused with DEBUG off.")
        if pupils is not None and not 1 <= pupils <= MOST_PUPILS:
            raise CommandError(f"--pupils must be between 1 and {MOST_PUPILS}.")
        loaded = load_demo_school()
        self.stdout.write("Demo school loaded." if loaded else "There are people already.")
        if pupils is not None:
            loaded = load_large_school(pupils)
            self.stdout.write("Large school loaded." if loaded else "Lindenhof is there already.")
