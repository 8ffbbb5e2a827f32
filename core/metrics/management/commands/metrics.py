"""`manage.py metrics`: writes docs/metrics.md, or with --check says whether it is up to date."""

from pathlib import Path
from typing import Any, Final

from django.core.management.base import BaseCommand, CommandError, CommandParser

from core.metrics.page import page

PAGE: Final = Path(__file__).parents[4] / "docs" / "metrics.md"


class Command(BaseCommand):
    """Writes the list of metrics from the table."""

    help = "Write docs/metrics.md from core/metrics/table.py."
    requires_system_checks = ()

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--check", action="store_true", help="write nothing; fail if outdated")

    def handle(self, *_args: Any, **options: Any) -> None:
        if not options["check"]:
            PAGE.write_text(page())
        elif not PAGE.exists() or PAGE.read_text() != page():
            raise CommandError("docs/metrics.md is outdated: run `python manage.py metrics`.")
