"""Workers are told as a commit sets out; who comes too early is told again."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import copy_context
from typing import Final

import pytest
from django.db import connection
from redis import Redis

from core.events import nudge
from core.events.models import Delivery
from core.events.nudge import broker
from core.events.wire import queue_of
from core.homework.actions import publish_homework
from tasks.drain import drain
from tests.flow.conftest import BY_NAME, School
from tests.servers import wait_for

BARRIER: Final = 4711  # an advisory lock: whoever holds it keeps commits of events from the disk
HELD_UP: Final = f"""
CREATE FUNCTION held_up() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM pg_advisory_xact_lock_shared({BARRIER});
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER held_up AFTER INSERT ON event
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION held_up();
"""

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def redis() -> Iterator[Redis]:
    with broker() as client:
        yield client


@contextmanager
def commits_held_up() -> Iterator[None]:
    """Within the block no commit of an event comes to an end."""
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT pg_advisory_lock({BARRIER})")
        try:
            yield
        finally:
            cursor.execute(f"SELECT pg_advisory_unlock({BARRIER})")


@pytest.fixture
def _slow_commits(school: School) -> Iterator[None]:
    with connection.cursor() as cursor:
        cursor.execute(HELD_UP)
        yield
        cursor.execute("DROP FUNCTION held_up CASCADE")


@pytest.mark.usefixtures("_slow_commits")
@pytest.mark.parametrize("name", ["notices.notify_class", "email.mail_class"])
def test_who_comes_before_the_commit_is_told_again_after_it(
    school: School, redis: Redis, name: str
) -> None:
    draft = school.draft()
    acting = threading.Thread(target=copy_context().run, args=[_publish, school, draft.pk])
    with commits_held_up():
        acting.start()
        wait_for(lambda: redis.llen(queue_of(name)) == 1, what="word of the commit")
        redis.delete(queue_of(name))  # a worker takes it
        assert drain(BY_NAME[name]) == 0
        assert not Delivery.objects.filter(handler=name).exists()
    acting.join()

    wait_for(lambda: redis.llen(queue_of(name)) == 1, what="word after the commit")
    assert drain(BY_NAME[name]) > 0


def test_a_commit_of_which_nobody_can_be_told_happens(
    school: School, monkeypatch: pytest.MonkeyPatch
) -> None:
    def no_thread() -> None:
        raise RuntimeError("can't start new thread")

    monkeypatch.setattr(nudge, "nudger", no_thread)
    school.publish()
    assert Delivery.objects.filter(handler="email.mail_class").exists()


def _publish(school: School, homework_id: int) -> None:
    publish_homework(homework_id=homework_id, by=school.actor("teacher@oakwood.example"))
    connection.close()  # this thread's own
