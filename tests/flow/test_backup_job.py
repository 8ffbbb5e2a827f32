"""Backups by the clock and by operators: a job, one at once, that ends when it is told to."""

import logging
import subprocess
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psutil
import psycopg2
import pytest
from django.db import connection

from core.backups.direct import DUMP, session
from core.backups.models import Backup
from core.backups.programs import variables
from core.backups.queries import JOB, latest_good, recent
from core.backups.shelf import Shelf
from core.events.models import Delivery
from core.jobs.actions import cancel_job
from core.jobs.models import Job
from tasks import stopping
from tasks.cleanup.backups import make_backup
from tasks.drain import drain
from tests.flow.backing_up import cut_off, make, shelf
from tests.flow.conftest import School
from tests.flow.people import OPERATOR, STUDENT, assert_problem, client_of, post
from tests.servers import Servers, wait_for

__all__ = ["shelf"]
pytestmark = pytest.mark.usefixtures("shelf")

URL = "/api/ops/backups"
SLOWLY = """sleep 60 & trap 'kill $!; exit 1' TERM; wait $!; "$REAL" "$@\""""
DUMPS = "SELECT count(*) FROM pg_stat_activity WHERE application_name = 'schoolbell dump'"


@pytest.fixture
def slow(settings: Any, tmp_path: Path) -> None:
    """pg_dump takes a minute before it begins."""
    settings.PG_BIN = cut_off(tmp_path, settings.PG_BIN, "pg_dump", SLOWLY)


@pytest.fixture
def working(school: School) -> Iterator[threading.Thread]:
    """A worker that has a backup in hand."""
    post(client_of(OPERATOR), URL)

    def work() -> None:
        drain(make_backup)
        connection.close()

    thread = threading.Thread(target=work)
    thread.start()
    wait_for(lambda: bool(dumps()), what="pg_dump")
    yield thread
    thread.join(20)
    assert dumps() == []


def dumps() -> list[psutil.Process]:
    """Those that run below this process."""
    return [each for each in psutil.Process().children(recursive=True) if is_dump(each)]


def is_dump(process: psutil.Process) -> bool:
    try:
        return any("/pg_dump" in word for word in process.cmdline())
    except psutil.NoSuchProcess:  # it has ended since it was listed
        return False


def test_an_operator_has_one_made_and_sees_it(school: School) -> None:
    operator = client_of(OPERATOR)
    asked = post(operator, URL)
    assert asked.status_code == 202
    assert asked.json()["kind"] == JOB

    assert drain(make_backup) == 1

    (told,) = operator.get(URL).json()["items"]
    good = latest_good()
    assert good is not None
    assert (told["id"], told["state"], told["error"]) == (str(good.pk), "good", "")
    assert (told["size"], told["name"]) == (good.size, good.name)
    assert told["requested_by"] == str(school.user(OPERATOR).pk)
    assert Job.objects.get().result == {
        "backup": str(good.pk),
        "name": good.name,
        "size": good.size,
    }


def test_who_asks_while_one_is_made_gets_the_same(school: School) -> None:
    operator = client_of(OPERATOR)
    first, second = (post(operator, URL).json()["id"] for _ in range(2))
    assert first == second
    assert Job.objects.filter(kind=JOB).count() == 1


def test_only_operators_see_and_ask(school: School) -> None:
    assert_problem(client_of(STUDENT).get(URL), 403)
    assert_problem(post(client_of("admin@oakwood.example"), URL), 403)


@pytest.mark.usefixtures("slow")
def test_a_cancelled_one_ends_at_once_and_leaves_nothing(
    school: School, working: threading.Thread, shelf: Shelf
) -> None:
    cancel_job(job_id=Job.objects.get().pk, by=school.user(OPERATOR))
    working.join(10)

    assert not working.is_alive()
    assert (Job.objects.get().state, recent(1)[0].state) == ("cancelled", "failed")
    assert recent(1)[0].error == "It was cancelled."
    assert shelf.folders() == []
    assert not list(shelf.root.glob("backup_*"))


@pytest.mark.usefixtures("slow")
def test_a_worker_that_stops_gives_it_back(
    working: threading.Thread, monkeypatch: pytest.MonkeyPatch, shelf: Shelf
) -> None:
    monkeypatch.setattr(stopping, "_TOLD", b"\1")
    working.join(10)

    assert not working.is_alive()
    assert (Job.objects.get().state, Delivery.objects.get(handler=JOB).state) == (
        "requested",
        "pending",
    )
    assert not list(shelf.root.glob("backup_*"))


def test_what_a_killed_worker_left_is_cleared_away(
    school: School, shelf: Shelf, settings: Any
) -> None:
    make()
    Backup.objects.update(state="running")
    left = shelf.begin("backup_20200101_000000_000")
    orphan = subprocess.Popen(
        [f"{settings.PG_BIN}/psql", "-c", "SELECT pg_sleep(60)"],
        env=variables(settings.DB_BACKUP_LOGIN, connection.settings_dict["NAME"], DUMP),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    with session(settings.DB_BACKUP_LOGIN, connection.settings_dict["NAME"]) as own:
        wait_for(lambda: own.values(DUMPS) == [1], what="an orphan")

    made = make()

    assert orphan.wait(10) != 0
    assert not left.path.exists()
    states = Backup.objects.order_by("pk").values_list("state", flat=True)
    assert list(states) == ["failed", "good"]
    assert latest_good() == made


def test_the_password_is_on_no_command_line_and_in_no_log(
    school: School,
    settings: Any,
    tmp_path: Path,
    servers: Servers,
    caplog: pytest.LogCaptureFixture,
) -> None:
    note = tmp_path / "commands"
    line = f'tr "\\0" " " < /proc/$$/cmdline >> {note}; "$REAL" "$@"'
    settings.PG_BIN = cut_off(tmp_path, settings.PG_BIN, "pg_dump", line)
    with caplog.at_level(logging.DEBUG):
        make()
        settings.DB_BACKUP_LOGIN = (settings.DB_BACKUP_LOGIN[0], "wrong-and-secret")
        with pytest.raises(Exception, match="password authentication failed"):
            make()

    secret = servers.stack.passwords.backup
    assert "--format=custom" in note.read_text()
    assert "password authentication failed" in recent(1)[0].error
    for said in (note.read_text(), caplog.text, recent(1)[0].error):
        assert secret not in said
        assert "wrong-and-secret" not in said


def test_its_role_reads_all_and_writes_nothing(school: School, settings: Any) -> None:
    with session(settings.DB_BACKUP_LOGIN, connection.settings_dict["NAME"]) as own:
        own.values("SET schoolbell.centre = ''")
        assert own.values("SELECT count(*) FROM classes_schoolclass") == [2]
        own.values("SET default_transaction_read_only = off")
        for forbidden in ("DELETE FROM people_user", "CREATE TABLE mine ()"):
            with pytest.raises(psycopg2.errors.InsufficientPrivilege):
                own.values(forbidden)
