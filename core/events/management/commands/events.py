"""`manage.py events`: writes docs/events.md, or with --check says whether it is up to date."""

import difflib
from pathlib import Path
from typing import Any, Final

from django.core.management.base import BaseCommand, CommandError, CommandParser

from core.events.catalogue import ROOT, catalogue

PAGE: Final = ROOT / "docs" / "events.md"


class Command(BaseCommand):
    """Writes the catalogue of events from the code."""

    help = "Write docs/events.md from the code."
    requires_system_checks = ()

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--check", action="store_true", help="write nothing; fail if outdated")

    def handle(self, *_args: Any, **options: Any) -> None:
        now = catalogue()
        if not options["check"]:
            PAGE.write_text(now)
        elif changes := difference(PAGE, now):
            self.stderr.write(changes)
            raise CommandError("docs/events.md is outdated: run `python manage.py events`.")


def difference(page: Path, now: str) -> str:
    """How a page must change, as a unified diff; '' when it need not."""
    before = page.read_text() if page.exists() else ""
    lines = difflib.unified_diff(
        before.splitlines(keepends=True), now.splitlines(keepends=True), page.name, "the code"
    )
    return "".join(lines)
