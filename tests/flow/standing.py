"""Reports that a real worker writes, and people who wait meanwhile."""

import os
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import psutil
from django.db import connection
from django.utils import timezone

from core.events.models import Delivery
from core.events.nudge import stir
from core.reports.models import Report, ReportVersion
from tests.flow.people import client_of, post
from tests.flow.real_worker import RealWorker
from tests.servers import wait_for

STAFF = "staff@oakwood.example"
PEOPLE = """
WITH person AS (
    INSERT INTO people_user (password, is_superuser, email, name, is_active, is_operator, language)
    SELECT '', false, 'many' || number || '@mail.example', 'Person ' || number, true, false, ''
    FROM generate_series(1, %s) number RETURNING id
)
INSERT INTO people_membership (user_id, centre_id, roles, is_active)
SELECT person.id, centre.id, '{staff}', true
FROM person JOIN people_centre centre ON centre.slug = 'oakwood'
"""


def add_people(count: int) -> None:
    """To the centre, so that a report of them takes its time."""
    with connection.cursor() as cursor:
        cursor.execute(PEOPLE, [count])
        cursor.execute("ANALYZE people_user, people_membership")


def ask() -> int:
    """For a PDF of all of them."""
    days = {
        "since": f"{timezone.localdate() - timedelta(days=3)}",
        "until": f"{timezone.localdate()}",
    }
    body: dict[str, Any] = {"kind": "account_activity", "format": "pdf", "params": days}
    answer = post(client_of(STAFF), "/api/reports", body)
    assert answer.status_code == 202, answer.content
    return int(answer.json()["id"])


def cancel(report_id: int) -> None:
    client_of(STAFF).post(f"/api/reports/{report_id}/cancel")


def state_of(report_id: int) -> str:
    return str(Report.objects.get(pk=report_id).state)


def delivery_of() -> Delivery:
    """The one of the report."""
    return Delivery.objects.get(handler="reports.make_report")


def writers(worker: RealWorker) -> list[psutil.Process]:
    """The processes that write for a worker: each has a session of its own."""
    own = psutil.Process(worker.popen.pid).children(recursive=True)
    return [each for each in own if is_writer(each.pid)]


def is_writer(pid: int) -> bool:
    try:
        return os.getsid(pid) == pid
    except ProcessLookupError:
        return False


def the_writer(worker: RealWorker) -> psutil.Process:
    """Once it writes: the one before it read."""
    is_read = ReportVersion.objects.filter(snapshot__isnull=False).exists
    wait_for(is_read, what=worker.log.read_text)
    wait_for(lambda: len(writers(worker)) == 1, what=worker.log.read_text)
    return writers(worker)[0]


def stands(writer: psutil.Process) -> bool:
    return writer.status() == psutil.STATUS_STOPPED


def is_gone(writer: psutil.Process) -> bool:
    """Killed, whether or not somebody has looked after it since."""
    return not writer.is_running() or writer.status() == psutil.STATUS_ZOMBIE


def await_rest(worker: RealWorker) -> None:
    """Nothing new for half a second: one that is told to stop just as a task ends, billiard's pool
    lets wait for half a minute."""
    seen = [(0, 0.0)]

    def rests() -> bool:
        size, now = worker.log.stat().st_size, time.monotonic()
        if size != seen[-1][0]:
            seen.append((size, now))
        return now - seen[-1][1] > 0.5

    wait_for(rests, what=worker.log.read_text)


@contextmanager
def people_waiting() -> Iterator[None]:
    """For one thing after the other, as long as the block takes."""
    over = threading.Event()

    def act() -> None:
        while not over.wait(0.05):
            stir()

    acting = threading.Thread(target=act)
    acting.start()
    try:
        yield
    finally:
        over.set()
        acting.join()
