"""Faults of the web processes."""

import json
import os
import signal
import socket
from typing import Final
from urllib.parse import urlsplit
from uuid import uuid4

import httpx

from tests import ledger
from tests.faults.clients import Teacher
from tests.faults.promises import FEW, Homework
from tests.faults.scene import BreachError, Scene
from tests.faults.signals import kill, names_of, stopped
from tests.servers import wait_for

IN_MID_TRANSACTION: Final = """
SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND query LIKE %s
"""
PUBLISHING: Final = "%record_event(%"
PUBLISHED: Final = "SELECT count(*) FROM event WHERE kind = 'HomeworkPublished'"
STATE: Final = "SELECT state FROM homework_homework WHERE id = %s"
LOST: Final = 5


def killed_before_commit(scene: Scene) -> None:
    """Kill all webs while requests wait, in their transactions, for a table that is locked."""
    with scene.locked("LOCK TABLE delivery IN SHARE MODE"):
        wait_for(lambda: _in_mid_transaction(scene) > 0, what="a request in mid-transaction")
        kill(scene.stack, *names_of(scene.stack, "web"))


def _in_mid_transaction(scene: Scene) -> int:
    url = scene.stack.facts["database_url"]  # a role sees its own statements only
    return int(ledger.ask_at(url, IN_MID_TRANSACTION, PUBLISHING)[0][0])


def killed_after_commit(scene: Scene) -> None:
    """Kill all webs right after a commit whose nudge cannot leave."""
    with stopped(scene.stack, "redis"):
        before = scene.count(PUBLISHED)
        scene.await_count(PUBLISHED, before + 1, what="a committed publication")
        kill(scene.stack, *names_of(scene.stack, "web"))


def answer_lost(scene: Scene) -> None:
    """Cut the client's connection before the answer; then ask again under the same key."""
    with scene.teacher() as teacher:
        for number in range(1, LOST + 1):
            homework = teacher.draft(f"{scene.name} {teacher.centre} lost {number}", FEW)
            if homework is None:
                raise BreachError("a draft was not answered")
            key = uuid4().hex
            _ask_and_hang_up(scene, teacher, homework, key)
            again = _ask(teacher, homework, key)
            homework.is_published = again.is_success
            if not again.is_success:
                raise BreachError(f"asked again, the answer was {again.status_code}")


def _ask_and_hang_up(scene: Scene, teacher: Teacher, homework: Homework, key: str) -> None:
    place = urlsplit(teacher.urls[0])
    head = {
        **_headers(teacher, key),
        "Origin": teacher.urls[0],
        "Host": place.netloc,
        "Cookie": teacher.person.cookies(),
    }
    lines = [f"POST {_path(homework)} HTTP/1.1", *(f"{name}: {it}" for name, it in head.items())]
    body = json.dumps({})
    request = "\r\n".join([*lines, f"Content-Length: {len(body)}", "", body])
    with socket.create_connection((place.hostname, place.port or 80), timeout=5) as connection:
        connection.sendall(request.encode())
        if scene.chance.random() < 0.5:  # half of them hang up before anything can have happened
            wait_for(
                lambda: ledger.ask(scene.stack, STATE, homework.homework_id) == [("published",)],
                what="the commit whose answer nobody reads",
            )


def _ask(teacher: Teacher, homework: Homework, key: str) -> httpx.Response:
    return teacher.person.http.post(
        teacher.urls[0] + _path(homework), json={}, headers=_headers(teacher, key)
    )


def _path(homework: Homework) -> str:
    return f"/api/homework/{homework.homework_id}/publish"


def _headers(teacher: Teacher, key: str) -> dict[str, str]:
    return {
        "Content-Type": "application/json",
        "Idempotency-Key": key,
        "X-CSRFToken": teacher.token,
    }


def asked_to_stop(scene: Scene) -> None:
    """SIGTERM to one web after the other, under load."""
    for name in names_of(scene.stack, "web"):
        pid = scene.stack.process(name)
        os.kill(pid, signal.SIGTERM)
        wait_for(lambda name=name, pid=pid: scene.stack.pids().get(name, pid) != pid, what=name)  # type: ignore[misc]
        scene.await_publications(2)
