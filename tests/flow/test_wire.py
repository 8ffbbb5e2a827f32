"""A nudge is what Celery itself would have sent, and at most one per handler waits."""

import base64
import json
import time
from collections.abc import Callable, Iterator
from typing import Any, cast

import pytest
from redis import Redis

from core.events.nudge import AT_WORK, Nudger, broker
from core.events.wire import nudge_message
from tasks.app import app


@pytest.fixture
def redis() -> Iterator[Redis]:
    client = broker()
    client.flushall()
    yield client
    client.close()


def waiting(redis: Redis) -> list[dict[str, Any]]:
    return [json.loads(message) for message in cast("list[bytes]", redis.lrange("email", 0, -1))]


def shape(value: Any) -> Any:
    """Names and types, as far as the receiver can tell."""
    if isinstance(value, dict):
        return {name: shape(each) for name, each in value.items()}
    return type(value).__name__


@pytest.mark.parametrize("args", [(), ("a-job",)])
def test_a_nudge_has_the_shape_of_celerys_own_message(redis: Redis, args: tuple[str, ...]) -> None:
    app.send_task("email.mail_class", args, ignore_result=True)
    (theirs,) = waiting(redis)
    ours = json.loads(nudge_message("email.mail_class", "me", {}, args))

    assert json.loads(base64.b64decode(ours["body"])) == json.loads(
        base64.b64decode(theirs["body"])
    )
    assert set(theirs["headers"]) <= set(ours["headers"])
    assert ours["headers"]["argsrepr"] == theirs["headers"]["argsrepr"]
    assert shape(ours["properties"]) == shape(theirs["properties"]) | {"reply_to": "str"}
    assert {name: ours[name] for name in ("content-type", "content-encoding")} == {
        name: theirs[name] for name in ("content-type", "content-encoding")
    }


def test_a_tasks_id_leads_back_to_what_it_was_sent_for() -> None:
    event, job = "01a2003a-23f8-7138-aaf0-5aff5cad6bdc", "6a1f3ab0-6f3c-4c5b-9a51-6a0d1f0e2b11"
    ids = [
        json.loads(nudge_message("email.mail_class", "me", woken_by, args))["headers"]["id"]
        for woken_by, args in [({"event_id": event}, ()), ({"event_id": event}, (job,)), ({}, ())]
    ]
    assert [ids[0][:28], ids[1][:28]] == [event[:28], job[:28]]
    assert len({*ids, event, job}) == 5
    assert {len(each) for each in ids} == {36}


def test_one_nudge_per_handler_waits(redis: Redis) -> None:
    nudger = Nudger()
    for _ in range(1000):
        nudger.send("email.mail_class", {"request_id": "r1"})
    assert len(waiting(redis)) == 1
    assert waiting(redis)[0]["headers"]["request_id"] == "r1"

    nudger.over("email.mail_class")
    nudger.send("email.mail_class", {})
    assert len(waiting(redis)) == 2


def test_a_worker_that_is_at_it_needs_no_nudge_but_for_a_moment_only(redis: Redis) -> None:
    nudger = Nudger()
    nudger.send("email.mail_class", {})
    nudger.arrived("email.mail_class")
    nudger.send("email.mail_class", {})
    nudger.busy("email.mail_class")
    nudger.send("email.mail_class", {})
    assert len(waiting(redis)) == 1
    assert 0 < redis.pttl("nudge:email.mail_class") <= 100


def test_of_two_workers_at_the_same_one_steps_down(redis: Redis) -> None:
    one, two = Nudger("1@here"), Nudger("2@here")
    one.send("email.mail_class", {})
    assert not two.busy("email.mail_class")  # a nudge waited: it may be its own
    assert not one.busy("email.mail_class")
    assert two.busy("email.mail_class")
    assert not one.busy("email.mail_class")  # not both

    one.over("email.mail_class")
    assert not two.busy("email.mail_class")


def test_an_arrival_that_is_noted_late_blocks_nothing(redis: Redis) -> None:
    nudger = Nudger()
    nudger.send("email.mail_class", {})
    nudger.over("email.mail_class")  # the worker process was quicker than the main one
    nudger.arrived("email.mail_class")
    nudger.send("email.mail_class", {})
    assert len(waiting(redis)) == 2


def test_others_are_invited_now_and_then(redis: Redis) -> None:
    nudger = Nudger()
    nudger.busy("email.mail_class")
    for _ in range(100):
        nudger.invite("email.mail_class")
    assert len(waiting(redis)) == 1


def test_a_lost_nudge_does_not_block_the_next_for_long(redis: Redis) -> None:
    nudger = Nudger()
    nudger.send("email.mail_class", {})
    redis.delete("email")  # the message is gone, its mark is not

    assert 0 < redis.pttl("nudge:email.mail_class") <= 2000


def test_nudges_do_not_pile_up_while_nobody_reads(redis: Redis) -> None:
    nudger = Nudger()
    for _ in range(100):  # as the relay does while all workers are away, each mark run out
        nudger.send("email.mail_class", {})
        redis.delete("nudge:email.mail_class")
    assert len(waiting(redis)) == 20


def test_flushall_leaves_nothing_that_blocks(redis: Redis) -> None:
    nudger = Nudger()
    nudger.send("email.mail_class", {})
    redis.flushall()
    redis.script_flush()
    nudger.send("email.mail_class", {})
    assert len(waiting(redis)) == 1


def heard(redis: Redis, act: Callable[[], object]) -> int:
    """How many words there are on that channel that people wait."""
    with redis.pubsub(ignore_subscribe_messages=True) as channel:  # type: ignore[no-untyped-call]
        channel.subscribe(AT_WORK)
        channel.get_message(timeout=1)
        act()
        found = 0
        while channel.get_message(timeout=0.2):
            found += 1
        return found


def test_that_people_wait_is_said(redis: Redis) -> None:
    """With each nudge of what people wait for, by who is busy with it, and when somebody acts."""
    nudger = Nudger()
    for act in (
        lambda: nudger.send("email.mail_class", {}),
        lambda: nudger.send("email.mail_class", {}),  # though one waits
        lambda: nudger.invite("email.mail_class"),
        lambda: nudger.busy("notices.notify_class"),
        nudger.stir,
    ):
        redis.delete(AT_WORK)
        assert heard(redis, act) == 1
    assert heard(redis, lambda: nudger.send("reports.make_report", {})) == 0
    assert heard(redis, lambda: nudger.busy("cleanup.sweep")) == 0


def test_it_is_said_now_and_then(redis: Redis) -> None:
    nudger = Nudger()
    begun = time.monotonic()

    def flood() -> None:
        for _ in range(200):
            nudger.send("email.mail_class", {})

    words = heard(redis, flood)
    assert 1 <= words <= 2 + (time.monotonic() - begun) / 0.025
