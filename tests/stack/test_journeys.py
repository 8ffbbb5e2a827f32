"""The real stack as its people use it, through TLS and nginx."""

from collections.abc import Iterator
from pathlib import Path
from typing import Final

import httpx
import psutil
import pytest

from tests import ledger
from tests.faults.signals import resident
from tests.portal import Person, listening
from tests.servers import wait_for
from tests.stack.composed import ComposedStack

MEGABYTE: Final = 2**20
GROWTH: Final = 30 * MEGABYTE  # what a web may take more while it receives 100 MB
PNG: Final = b"\x89PNG\r\n\x1a\n"


@pytest.fixture
def teacher(portal: ComposedStack) -> Iterator[Person]:
    with Person(portal.base_url, "teacher@oakwood.example") as person:
        yield person


def test_homework_reaches_everyone_once(portal: ComposedStack, teacher: Person) -> None:
    with (
        Person(portal.base_url, "student3@oakwood.example") as student,
        listening(student) as tab,
    ):
        known = len(tab.entries)
        homework = teacher.draft("Through oakwood's front door")
        teacher.publish(homework)
        ledger.everyone_told_once(portal, homework)
        wait_for(lambda: len(tab.entries) > known, what="the notice in the tab")
        assert "Through oakwood's front door" in tab.titles()[-1]


def test_a_file_of_100_mb_is_taken_and_web_stays_as_it_was(
    portal: ComposedStack, teacher: Person, tmp_path: Path
) -> None:
    file = tmp_path / "large.png"
    fill(file, 100 * MEGABYTE)
    web = [psutil.Process(pid) for name, pid in portal.pids().items() if name.startswith("web")]
    before = resident(web)
    answer = upload(teacher, file)
    assert answer.status_code == 201, answer.text
    assert answer.json()["size"] == 100 * MEGABYTE
    grown = resident(web) - before
    portal.note(f"web grew by {grown / MEGABYTE:.1f} MB")
    assert grown < GROWTH
    content = teacher.http.get(f"/api/files/{answer.json()['id']}/content")
    assert content.headers["Content-Disposition"].startswith("attachment")
    assert content.headers["X-Content-Type-Options"] == "nosniff"
    assert len(content.content) == 100 * MEGABYTE


def test_a_file_of_101_mb_is_refused(teacher: Person, tmp_path: Path) -> None:
    file = tmp_path / "too-large.png"
    fill(file, 101 * MEGABYTE + 1)
    answer = upload(teacher, file)
    assert answer.status_code == 413
    assert answer.headers["Content-Type"].startswith("application/problem+json")


def test_files_of_others_are_not_there(
    portal: ComposedStack, teacher: Person, tmp_path: Path
) -> None:
    file = tmp_path / "own.png"
    fill(file, 100)
    own = upload(teacher, file).json()["id"]
    with Person(portal.base_url, "teacher@riverside.example") as stranger:
        assert stranger.http.get(f"/api/files/{own}/content").status_code == 404
    stored = portal.run("web", "find", "/srv/media", "-type", "f", "-size", "-2").split()
    for path in stored:
        inside = path.removeprefix("/srv/media/")
        for prefix in ("/protected/", "/media/", "/static/../media/"):
            assert teacher.http.get(prefix + inside).status_code in {400, 404}


def test_what_is_for_inside_is_closed(portal: ComposedStack, teacher: Person) -> None:
    for path in ("/metrics", "/healthz", "/readyz", "/flower/metrics", "/flower/healthcheck"):
        assert teacher.http.get(path).status_code == 404, path
    with httpx.Client(base_url=portal.base_url) as nobody:
        for path in ("/flower/", "/ops/"):
            asked = nobody.get(path)
            assert (asked.status_code, asked.headers["Location"].split("?")[0]) == (302, "/sign-in")
    for path in ("/flower/", "/ops/", "/api/ops/queues"):
        assert teacher.http.get(path).status_code == 403, path


def test_flower_shows_the_workers_to_operators(portal: ComposedStack) -> None:
    with Person(portal.base_url, "operator@schoolbell.example") as operator:
        workers = operator.get("/flower/api/workers", refresh=True)
        kinds = {name.partition("@")[0] for name in workers}
        assert kinds == {"email", "reports", "cleanup", "notices-files-imports"}


def test_flower_leads_back_to_what_a_task_was_about(portal: ComposedStack) -> None:
    with Person(portal.base_url, "operator@schoolbell.example") as operator:
        assert 'href="/ops/"' in operator.http.get("/flower/workers").text
        (task, *_) = operator.get("/flower/api/tasks", limit=1)
        shown = operator.http.get(f"/flower/task/{task}").text
        assert f'href="/ops/trace?id={task}"' in shown
        assert operator.http.get(f"/ops/trace?id={task}").status_code == 200


def test_plain_http_is_sent_to_tls(portal: ComposedStack) -> None:
    plain = httpx.get(f"http://localhost:{portal.variables['HTTP_PORT']}/classes?page=2")
    assert plain.status_code == 301
    assert plain.headers["Location"] == f"{portal.base_url}/classes?page=2"


def fill(file: Path, size: int) -> None:
    """A picture by its first bytes, of any length."""
    with file.open("wb") as opened:
        opened.write(PNG)
        opened.truncate(size)


def upload(person: Person, file: Path) -> httpx.Response:
    """As a browser sends it, streamed."""
    token = person.get("/api/csrf/")["csrf_token"]
    with file.open("rb") as opened:
        return person.http.post(
            "/api/files",
            files={"file": (file.name, opened, "image/png")},
            headers={"X-CSRFToken": token},
            timeout=120,
        )
