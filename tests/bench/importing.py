"""How fast a file of people is imported: `python -m tests.bench.importing --rows 20000`."""

import argparse
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

import django

from infra.local.stack import APP, CHECKOUT, OWNER
from tests.servers import plan_servers, running_servers

CLASSES: Final = 40
PUPILS_OF_A_GUARDIAN: Final = 2

Row = tuple[str, ...]


def rows_of(count: int) -> list[Row]:
    """Pupils, each with a class and a guardian; every guardian has two of them."""
    found: list[Row] = []
    for number in range(count):
        guardian = number // PUPILS_OF_A_GUARDIAN
        pupil = (f"Pupil {number}", f"pupil{number}@pupils.example", f"C{number % CLASSES}")
        found.append((*pupil, f"Guardian {guardian}", f"guardian{guardian}@mail.example", "mother"))
    return found


def measured(what: str, rows: int, work: Callable[[], object]) -> None:
    """Do it, and print how long it took."""
    began = time.perf_counter()
    work()
    seconds = time.perf_counter() - began
    sys.stdout.write(f"{what:34} {seconds:7.2f} s  {rows / seconds:9,.0f} rows/s\n")
    sys.stdout.flush()


@contextmanager
def a_portal() -> Iterator[None]:
    """A migrated database of its own with the demo school; Django as the application role."""
    with tempfile.TemporaryDirectory(prefix="schoolbell-importing-") as home:
        stack = plan_servers(Path(home) / "servers", durable=True)
        with running_servers(stack):
            for command in ("migrate", "demo"):
                subprocess.run(
                    [sys.executable, "manage.py", command, "--verbosity", "0"],
                    cwd=CHECKOUT,
                    env=stack.environment(OWNER if command == "migrate" else APP),
                    check=True,
                    stdout=subprocess.DEVNULL,
                )
            os.environ.update(stack.environment(APP), LOG_LEVEL="WARNING")
            django.setup()
            yield


def measure(count: int) -> None:
    """Look through and carry out a CSV file, the same again, and look through it as XLSX."""
    # Django must be set up before anything of the portal is imported.
    from core.classes.models import SchoolClass  # noqa: PLC0415
    from core.imports.actions import start_import, upload_import  # noqa: PLC0415
    from core.people.actor import actor_of  # noqa: PLC0415
    from core.people.models import Membership  # noqa: PLC0415
    from tasks.drain import drain  # noqa: PLC0415
    from tasks.imports.people import check_import, run_import  # noqa: PLC0415
    from tests.flow.sheets import csv_of, xlsx_of  # noqa: PLC0415

    admin = Membership.objects.select_related("user").get(user__email="admin@oakwood.example")
    by, rows = actor_of(admin), rows_of(count)
    SchoolClass.objects.bulk_create(
        SchoolClass(centre_id=by.centre_id, name=f"C{number}") for number in range(CLASSES)
    )
    for name, content in (
        ("new, CSV", csv_of(*rows).encode()),
        ("the same again, XLSX", xlsx_of(*rows)),
    ):
        made = upload_import(file_name=f"{name}.csv", content=content, by=by)
        measured(f"looked through: {name}", count, lambda: drain(check_import))
        made.refresh_from_db()
        start_import(import_id=made.pk, invites=False, by=by)
        measured(f"carried out: {name}", count, lambda: drain(run_import))
        made.refresh_from_db()
        sys.stdout.write(f"  {made.state}: {made.counts}\n")


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.bench.importing", description=__doc__)
    parser.add_argument("--rows", type=int, default=20_000)
    options = parser.parse_args()
    with a_portal():
        from core.isolation.scope import everywhere  # noqa: PLC0415

        with everywhere():
            measure(options.rows)


if __name__ == "__main__":
    main()
