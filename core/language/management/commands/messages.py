"""`manage.py messages`: brings the catalogues up to date, or with --check says what they lack."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from core.language.catalogue import LANGUAGES, faults, update


class Command(BaseCommand):
    """Collects the texts of the code into the catalogue of each language, and compiles it."""

    help = "Bring the catalogues of texts up to date."
    requires_system_checks = ()

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--check", action="store_true", help="write nothing; fail if it lacks")

    def handle(self, *_args: Any, **options: Any) -> None:
        if not options["check"]:
            for language in LANGUAGES:
                update(language)
        if lacking := [f"{each}: {fault}" for each in LANGUAGES for fault in faults(each)]:
            self.stderr.write("\n".join(lacking))
            raise CommandError("Some texts are not translated: core/locale/, then `make messages`.")
