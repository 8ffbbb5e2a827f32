"""What an event costs, whatever lies in the tables: `python -m tests.bench.sizes`."""

import argparse
import os
import shutil
import signal
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import django

from tests.bench.contenders import OURS
from tests.bench.facts import Facts, facts_of
from tests.bench.sizes.chart import as_svg
from tests.bench.sizes.report import as_json, as_text, in_short, name_of
from tests.bench.sizes.series import Point, beside, finished, pending
from tests.bench.sizes.tables import BYTES, CENTRES, ONE, Tables
from tests.bench.stage import running_stage

OUTPUT: Final = Path("test-output") / "bench"
DOCS: Final = Path("docs")
LEAST_PENDING: Final = 1_000
LEAST_FINISHED: Final = 10_000
LEASE: Final = "3600"  # seconds, so that nothing that is laid out as running comes back

BEGUN: Final = time.monotonic()


def parse(arguments: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.bench.sizes", description=__doc__)
    parser.add_argument("--most-pending", type=int, default=1_000_000)
    parser.add_argument("--most-finished", type=int, default=10_000_000)
    parser.add_argument("--publish", action="store_true", help="write docs/bench-sizes.* too")
    return parser.parse_args(arguments)


def sizes(least: int, most: int) -> list[int]:
    """`least`, ten times as much, and so on; the last is `most`."""
    found = [least]
    while found[-1] * 10 < most:
        found.append(found[-1] * 10)
    return [*found, most] if most > least else found


def refuse_small_disk(rows: int) -> None:
    free = shutil.disk_usage(tempfile.gettempdir()).free
    if free < rows * BYTES:
        sys.exit(
            f"{tempfile.gettempdir()} has {free / 1e9:.1f} GB; {rows * BYTES / 1e9:.1f} needed."
        )


def all_points(tables: Tables, options: argparse.Namespace) -> Iterator[Point]:
    for centres in (CENTRES, ONE):
        yield from pending(tables, sizes(LEAST_PENDING, options.most_pending), centres)
    yield from beside(tables)
    yield from finished(tables, sizes(LEAST_FINISHED, options.most_finished))


def say(point: Point) -> None:
    what = f"{point.series}: {name_of(point)}"
    sys.stdout.write(f"{time.monotonic() - BEGUN:6.0f} s  {what:58}  {in_short(point)}\n")
    sys.stdout.flush()


def write(folder: Path, points: list[Point], facts: Facts) -> None:
    """bench-sizes.json and .svg in docs, sizes.json and .svg in the output."""
    folder.mkdir(parents=True, exist_ok=True)
    name = "bench-sizes" if folder == DOCS else "sizes"
    (folder / f"{name}.json").write_text(as_json(points, facts))
    (folder / f"{name}.svg").write_text(as_svg(points))


def main() -> None:
    options = parse(sys.argv[1:])
    refuse_small_disk(options.most_finished + options.most_pending)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # so that the servers are ended
    points: list[Point] = []
    with running_stage([OURS]) as stage:
        settings = {"DJANGO_SETTINGS_MODULE": "tests.bench.sizes.settings"}
        os.environ.update(stage.env(OURS) | settings | {"DELIVERY_LEASE_SECONDS": LEASE})
        django.setup()
        facts = facts_of(stage, [OURS])
        for point in all_points(Tables(stage), options):
            points.append(point)
            say(point)
    write(OUTPUT, points, facts)
    if options.publish:
        write(DOCS, points, facts)
    sys.stdout.write(as_text(points) + "\n")


if __name__ == "__main__":
    main()
