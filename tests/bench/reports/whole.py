"""How long reports take on a running stack, from the request to the file that can be read.

`python -m tests.bench.reports.whole` gives a centre 500 classes of 200 pupils with some homework
each, of which three quarters were handed in and graded. Then it asks for the progress of five of
the classes, of fifty, and of all: a row for each pupil. `seconds` are those that the worker had the
report in hand, so with its queries, hashes and checkpoints; `waited` those from the request to
"ready".
"""

import argparse
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from tests import ledger
from tests.bench.figures import rounded
from tests.portal import Person
from tests.servers import RunningStack, running_stack

CENTRE: Final = "oakwood"
PUPILS: Final = 200  # of a class; the most that may be asked for are 500 classes
SIZES: Final = (1_000, 10_000, 100_000)
FORMATS: Final = ("csv", "xlsx", "html", "pdf")
PATIENCE: Final = 300.0
LOOK: Final = 0.05  # seconds between two looks; what is measured is the worker's own time
PERIOD: Final = {"since": "2026-09-01", "until": "2026-12-31"}

FILL: Final = """
CREATE TEMP TABLE pupil AS WITH made AS (
    INSERT INTO people_user (password, is_superuser, email, name, is_active, is_operator, language)
    SELECT '', false, 'many' || number || '@pupils.example', 'Pupil ' || number, true, false, ''
    FROM generate_series(1, %(rows)s) number RETURNING id
) SELECT id, (row_number() OVER () - 1) / %(pupils)s + 1 AS of_class FROM made;
CREATE TEMP TABLE class AS WITH made AS (
    INSERT INTO classes_schoolclass (centre_id, name)
    SELECT id, 'Many ' || lpad(number::text, 3, '0')
    FROM people_centre, generate_series(1, %(rows)s / %(pupils)s) number WHERE slug = %(centre)s
    RETURNING id, centre_id
) SELECT *, row_number() OVER () AS number FROM made;
INSERT INTO people_membership (user_id, centre_id, roles, is_active)
SELECT pupil.id, centre_id, '{student}', true FROM pupil JOIN class ON number = of_class;
INSERT INTO classes_enrolment (centre_id, school_class_id, student_id, since)
SELECT centre_id, class.id, pupil.id, '2026-09-01' FROM pupil JOIN class ON number = of_class;
WITH set_work AS (
    INSERT INTO homework_homework (
        centre_id, school_class_id, author_id, title, body, due_at, state, created_at, published_at
    )
    SELECT centre_id, class.id, author.id, 'Exercises ' || week, '',
        date '2026-09-08' + week * 7, 'published', '2026-09-05', '2026-09-05'
    FROM class, generate_series(1, %(homework)s) week, people_user author
    WHERE author.email = %(author)s
    RETURNING id, centre_id, school_class_id, due_at
)
INSERT INTO submissions_submission (
    centre_id, homework_id, student_id, state, version, body, handed_in_at, due_at, score, comment
)
SELECT class.centre_id, set_work.id, pupil.id, 'graded', 1, '',
    set_work.due_at - interval '3 days' + (pupil.id %% 5) * interval '1 day', set_work.due_at,
    (pupil.id * 7 + set_work.id) %% 101, ''
FROM set_work JOIN class ON class.id = school_class_id JOIN pupil ON of_class = number
WHERE (pupil.id + set_work.id) %% 4 > 0;
ANALYZE;
"""
MANY: Final = "SELECT id::text FROM classes_schoolclass WHERE name LIKE %s ORDER BY name"
TOOK: Final = """
SELECT version.rows, extract(epoch FROM job.finished_at - job.started_at)::float
FROM reports_report report JOIN job ON job.id = report.job
JOIN reports_reportversion version
    ON version.report_id = report.id AND version.number = report.number
WHERE report.id = %s
"""


@dataclass(frozen=True)
class Office:
    """Somebody who asks for reports about classes of their centre."""

    stack: RunningStack
    person: Person
    classes: list[str]

    def ask(self, form: str, rows: int) -> dict[str, Any]:
        """Have a report made; how many rows it has, and how long it took."""
        chosen = self.classes[: rows // PUPILS]
        body = {
            "kind": "class_progress",
            "format": form,
            "params": {**PERIOD, "classes": chosen},
        }
        began = time.monotonic()
        answer = self.person.post("/api/reports", body)
        answer.raise_for_status()
        report_id = answer.json()["id"]
        self._await(report_id)
        waited = time.monotonic() - began
        ((found, seconds),) = ledger.ask(self.stack, TOOK, report_id)
        return {"rows": found, "seconds": seconds, "waited": waited}

    def _await(self, report_id: str) -> None:
        ends = time.monotonic() + PATIENCE
        while self.person.get(f"/api/reports/{report_id}")["state"] != "ready":
            if time.monotonic() > ends:
                sys.exit(f"Waited {PATIENCE:.0f} s in vain for report {report_id}.")
            time.sleep(LOOK)


def parse() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.bench.reports.whole")
    parser.add_argument("--formats", nargs="+", choices=FORMATS, default=FORMATS)
    parser.add_argument("--homework", type=int, default=2, help="of each class (default: 2)")
    parser.add_argument("--most", type=int, default=max(SIZES), help="rows, at most")
    parser.add_argument("--rounds", type=int, default=3, help="the best of so many counts")
    return parser.parse_args()


def main() -> None:
    given = parse()
    with (
        tempfile.TemporaryDirectory() as home,
        running_stack(Path(home) / "home") as stack,
        Person(stack.base_url, f"staff@{CENTRE}.example") as person,
    ):
        facts = {"centre": CENTRE, "author": f"teacher@{CENTRE}.example", "pupils": PUPILS}
        ledger.change(stack, FILL, {**facts, "rows": given.most, "homework": given.homework})
        office = Office(stack, person, [found for (found,) in ledger.ask(stack, MANY, "Many %")])
        for form in given.formats:
            for rows in SIZES:
                if rows <= given.most:
                    show(form, [office.ask(form, rows) for _ in range(given.rounds)])


def show(form: str, found: list[dict[str, Any]]) -> None:
    best = min(found, key=lambda each: float(each["seconds"]))
    told = (rounded(each) for each in (best["seconds"], best["waited"]))
    speed = rounded(best["rows"] / best["seconds"])
    sys.stdout.write(
        f"{form:5} {best['rows']:8,} rows {next(told):>6} s {next(told):>6} s  {speed} rows/s\n"
    )
    sys.stdout.flush()


if __name__ == "__main__":
    main()
