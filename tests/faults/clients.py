"""Teachers who publish, and ask again under the same key until they are answered."""

import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any, Final
from uuid import uuid4

import httpx

from tests.faults.promises import Homework, Promises, Try
from tests.portal import Person

PATIENCE: Final = 30.0  # seconds until a client gives up on an answer
PAUSE: Final = 0.1


class Teacher:
    """One centre's teacher, with an address list instead of a load balancer."""

    def __init__(self, urls: list[str], centre: str, promises: Promises) -> None:
        self.centre = centre
        self.urls = urls
        self._promises = promises
        self._turn = 0
        self.person = Person(urls[0], f"teacher@{centre}.example")
        self.token = self.person.get("/api/csrf/")["csrf_token"]
        self.classes = {
            each["name"]: each["id"] for each in self.person.get("/api/classes")["items"]
        }

    def close(self) -> None:
        self.person.http.close()

    def draft(self, title: str, school_class: str) -> Homework | None:
        """Ask until it is drafted; None when that took too long."""
        homework = self._promises.intend(Homework(title, self.centre, school_class))
        due_at = (datetime.now(UTC) + timedelta(days=7)).isoformat()
        body = {"title": title, "body": "Page 12.", "due_at": due_at}
        answer = self._insist(f"/api/classes/{self.classes[school_class]}/homework", body)
        if answer is None:
            return None
        homework.homework_id = str(answer.json()["id"])
        return homework

    def publish(self, homework: Homework) -> bool:
        """Ask until it is published; False when that took too long."""
        answer = self._insist(f"/api/homework/{homework.homework_id}/publish", {})
        homework.is_published = answer is not None
        return homework.is_published

    def tell(self, title: str, school_class: str) -> Homework | None:
        """Draft and publish."""
        homework = self.draft(title, school_class)
        return homework if homework and self.publish(homework) else None

    def _insist(self, path: str, body: dict[str, Any]) -> httpx.Response | None:
        key = uuid4().hex
        ends = time.monotonic() + PATIENCE
        while time.monotonic() < ends:
            answer = self._once(path, body, key)
            if answer is not None:
                return answer
            self._turn += 1  # another web may be better off
            time.sleep(PAUSE)
        self._promises.complain(f"no answer within {PATIENCE:.0f} s: {path}")
        return None

    def _once(self, path: str, body: dict[str, Any], key: str) -> httpx.Response | None:
        url = self.urls[self._turn % len(self.urls)]  # as a balancer would: the origin stays
        headers = {"Idempotency-Key": key, "X-CSRFToken": self.token}
        begin = time.monotonic()
        status = 0
        try:
            answer = self.person.http.post(url + path, json=body, headers=headers)
            status = answer.status_code
        except httpx.HTTPError:
            return None
        finally:
            self._promises.note(Try(path, time.monotonic() - begin, status))
        if 400 <= status < 500:
            self._promises.complain(f"{path} was answered {status}: {answer.text[:200]}")
        return answer if answer.is_success else None


def until(is_over: Callable[[], bool], seconds: float) -> None:
    """Let time pass, but not after it is over."""
    ends = time.monotonic() + seconds
    while time.monotonic() < ends and not is_over():
        time.sleep(0.02)
