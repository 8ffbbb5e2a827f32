"""`manage.py deadletters`: lists dead letters, runs them again, gives them up."""

import json
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from pydantic import BaseModel, ValidationError

from core.ops import actions, queries
from core.ops.bodies import DiscardedTold, GroupTold, RedrivenTold
from core.ops.orders import DiscardOrder, RedriveOrder

FILTERS = ("group", "handler", "cause", "centre", "event_id", "died_after", "died_before")


class Command(BaseCommand):
    """What operators do over HTTP, at the command line."""

    help = "List dead letters by cause, run them again, or give them up."

    def add_arguments(self, parser: ArgumentParser) -> None:
        verbs = parser.add_subparsers(dest="verb", required=True)
        listing = verbs.add_parser("list", help="by handler and cause")
        listing.add_argument("--handler")
        redrive = verbs.add_parser("redrive", help="run again, one first, then the others")
        _add_choice(redrive)
        redrive.add_argument("--no-canary", action="store_true", help="all at once")
        redrive.add_argument(
            "--include-unknown",
            action="store_true",
            help="also confidential mails that may have arrived",
        )
        redrive.add_argument("--reason", default="")
        discard = verbs.add_parser("discard", help="give up, keeping the error")
        _add_choice(discard)
        discard.add_argument("--reason", required=True)
        for verb in (listing, redrive, discard):
            verb.add_argument("--json", action="store_true", help="for programs")

    def handle(self, *_args: Any, **options: Any) -> None:
        act = {"list": self._list, "redrive": self._redrive, "discard": self._discard}
        try:
            act[options["verb"]](options)
        except ValidationError as error:
            raise CommandError(_in_words(error)) from error

    def _list(self, options: dict[str, Any]) -> None:
        groups = [GroupTold.of(group) for group in queries.groups(handler=options["handler"])]
        groups.sort(key=lambda group: -group.letters)
        if options["json"]:
            self.stdout.write(json.dumps([group.model_dump(mode="json") for group in groups]))
            return
        self._table(
            ("letters", "handler", "first", "last", "group", "cause"),
            [
                (
                    str(group.letters),
                    group.handler,
                    f"{group.first_at:%Y-%m-%d %H:%M}",
                    f"{group.last_at:%Y-%m-%d %H:%M}",
                    group.id,
                    group.cause,
                )
                for group in groups
            ],
        )

    def _redrive(self, options: dict[str, Any]) -> None:
        order = RedriveOrder(
            filter=_filter(options),
            dry_run=options["dry_run"],
            limit=options["limit"],
            canary=not options["no_canary"],
            include_unknown=options["include_unknown"],
            reason=options["reason"],
        )
        done = actions.redrive_letters(order=order, by=None)
        self._tell(RedrivenTold.of(done, dry_run=order.dry_run), as_json=options["json"])

    def _discard(self, options: dict[str, Any]) -> None:
        order = DiscardOrder(
            filter=_filter(options),
            dry_run=options["dry_run"],
            limit=options["limit"],
            reason=options["reason"],
        )
        count = actions.discard_letters(order=order, by=None)
        told = DiscardedTold(dry_run=order.dry_run, discarded=count)
        self._tell(told, as_json=options["json"])

    def _tell(self, told: BaseModel, *, as_json: bool) -> None:
        if as_json:
            self.stdout.write(told.model_dump_json())
            return
        facts = told.model_dump(mode="json")
        facts |= {
            f"redrive.{name}": fact for name, fact in (facts.pop("redrive", None) or {}).items()
        }
        self._table(("what", "value"), [(name, str(fact)) for name, fact in facts.items()])

    def _table(self, heads: tuple[str, ...], rows: list[tuple[str, ...]]) -> None:
        widths = [max(map(len, column)) for column in zip(heads, *rows, strict=True)]
        for row in (heads, *rows):
            cells = (cell.ljust(width) for cell, width in zip(row, widths, strict=True))
            self.stdout.write("  ".join(cells).rstrip())


def _add_choice(parser: ArgumentParser) -> None:
    for name in FILTERS:
        parser.add_argument(f"--{name.replace('_', '-')}")
    parser.add_argument("--limit", type=int, default=1000)
    parser.add_argument("--dry-run", action="store_true", help="only count")


def _filter(options: dict[str, Any]) -> dict[str, Any]:
    return {name: options[name] for name in FILTERS if options[name] is not None}


def _in_words(error: ValidationError) -> str:
    return "; ".join(
        f"{'.'.join(str(part) for part in fault['loc'])}: {fault['msg']}"
        for fault in error.errors()
    )
