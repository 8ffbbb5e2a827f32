"""What the flow tests share."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import pytest

from core import clock
from core.classes.models import SchoolClass
from core.demo.school import load_demo_school
from core.events.claims import due_handlers
from core.events.models import Delivery
from core.homework.actions import draft_homework, publish_homework
from core.homework.models import Homework
from core.isolation.scope import nowhere
from core.live.models import Entry, Stream
from core.people.actor import Actor, actor_of
from core.people.models import Membership, User
from core.rooms.models import Room, Topic
from tasks.drain import drain
from tasks.subscriptions import HANDLERS
from tasks.turn import served_last
from tests.clock import in_a_week
from tests.remembered import as_once

BY_NAME: Final = {handler.name: handler for handler in HANDLERS}


@pytest.fixture(autouse=True)
def _first_turn() -> None:
    """No centre has been served yet, whatever another test in this process has done."""
    served_last.clear()


@dataclass(frozen=True)
class School:
    """The demo school, and ways to act in it."""

    def actor(self, email: str) -> Actor:
        return actor_of(Membership.objects.select_related("user").get(user__email=email))

    def user(self, email: str) -> User:
        return User.objects.get(email=email)

    def class_7a(self, centre: str = "oakwood") -> SchoolClass:
        return SchoolClass.objects.get(centre__slug=centre, name="7A")

    def draft(self, title: str = "Fractions", centre: str = "oakwood") -> Homework:
        return draft_homework(
            class_id=self.class_7a(centre).pk,
            title=title,
            body="Page 12, exercises 1 to 4.",
            due_at=in_a_week(),
            by=self.actor(f"teacher@{centre}.example"),
        )

    def publish(self, title: str = "Fractions", centre: str = "oakwood") -> Homework:
        homework = self.draft(title, centre)
        return publish_homework(homework_id=homework.pk, by=self.actor(f"teacher@{centre}.example"))

    def told(self) -> Homework:
        """A homework that all thirty students and guardians were told of, by notice and by mail.

        What the test has put into the database before is gone: tests/remembered.py. The mails are
        in the ledger; the box where they were caught may be empty.
        """
        as_once("told homework", lambda: (self.publish(), work_all_off()))
        Homework.objects.update(published_at=clock.now())  # it can be recalled for two minutes
        return Homework.objects.get()


def work_all_off() -> int:
    """Drain every handler here until nothing is due; returns how many deliveries ran."""
    total = 0
    with nowhere():  # as in a worker
        while count := sum(drain(BY_NAME[name]) for name in due_handlers(list(BY_NAME))):
            total += count
    return total


@pytest.fixture
def school(transactional_db: None) -> School:
    """The demo school in an empty database, with real commits."""
    as_once("school", found_school)
    return School()


def found_school() -> None:
    """Without its rooms: tests open their own."""
    assert load_demo_school()
    Room.objects.all().delete()
    Topic.objects.all().delete()
    Entry.objects.all().delete()
    Stream.objects.all().delete()


@pytest.fixture
def work_off() -> Callable[[], int]:
    """What drains every handler in this process until nothing is due."""
    return work_all_off


@pytest.fixture
def media(settings: Any, tmp_path: Path) -> Path:
    """A media directory of the test's own."""
    settings.MEDIA_ROOT = tmp_path / "media"
    return tmp_path / "media"


@pytest.fixture
def in_time(work_off: Callable[[], int]) -> Callable[[], int]:
    """The same when the time has come of all that waits for one."""

    def run() -> int:
        Delivery.objects.filter(state="pending").update(due_at=clock.now())
        return work_off()

    return run
