"""docs/metrics.md, as the table of metrics says it."""

from typing import Final

from core.metrics.row import Row
from core.metrics.table import ROWS

HEAD: Final = """\
# Metrics

What Prometheus finds at `/metrics` of web, and on METRICS_PORT of web, worker, relay and beat.
Written by `python manage.py metrics` from core/metrics/table.py; `make check` fails when it is
outdated. Why it is so: [ADR 21](adr/0021-metrics-and-traces.md). What to do when an alert fires:
[operations.md](operations.md#alerts).

Times are in seconds, sizes in bytes. What is looked up (queues, schedules, database, Redis, disks)
is the same from every web: use `max by (...)`. What is counted is each program's own: use
`sum by (...)`.

| name | kind | labels | shown by | meaning |
| --- | --- | --- | --- | --- |
"""


def page() -> str:
    """The page in Markdown, in the table's order."""
    return HEAD + "".join(line(row) for row in ROWS)


def line(row: Row) -> str:
    """A metric's line."""
    labels = ", ".join(f"`{label}`" for label in row.labels)
    return f"| `{row.full_name}` | {row.kind} | {labels} | {row.by} | {row.meaning} |\n"
