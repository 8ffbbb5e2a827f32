"""What lies in the queue and should not: garbage, events of other code, poison, a flood."""

import base64
import json
import pickle
from typing import Any, Final
from uuid import UUID, uuid4

from core.events.wire import nudge_message
from tests import ledger
from tests.faults.clients import until
from tests.faults.scene import BreachError, Scene
from tests.servers import wait_for

QUEUES: Final = ("notices", "email", "files", "cleanup")
LONGEST_REST: Final = 15.0
FLOOD: Final = 100_000
FLOOD_SECONDS: Final = 240.0
OTHERS_WAIT: Final = 5.0
"""Seconds after which, at the 99th percentile, the other centre's people are told."""

INSERT: Final = """
WITH told AS (
    INSERT INTO event (id, kind, version, centre_id, subject, payload, request_id)
    SELECT %(id)s, %(kind)s, %(version)s, centre.id, '', %(payload)s::jsonb, ''
    FROM people_centre centre WHERE centre.slug = 'oakwood' RETURNING id, centre_id
)
INSERT INTO delivery (event_id, centre_id, handler, key, state, attempt, detail)
SELECT id, centre_id, %(handler)s, '', 'pending', 0, '' FROM told
"""
DONE: Final = "SELECT count(*) FROM delivery WHERE state = 'done'"
FATE: Final = (
    "SELECT state, attempt - forgiven, detail FROM delivery WHERE event_id = %s AND key = ''"
)
FORGET: Final = """
WITH gone AS (DELETE FROM delivery WHERE event_id = %(id)s)
DELETE FROM event WHERE id = %(id)s
"""
POUR: Final = """
INSERT INTO delivery (event_id, centre_id, handler, key, state, attempt, detail)
SELECT event.id, centre_id, 'notices.notify_class', number::text, 'pending', 0, ''
FROM event, generate_series(1, %(count)s) AS number WHERE event.id = %(id)s
"""
STILL_OPEN: Final = """
SELECT count(*) FROM delivery WHERE event_id = %s AND state IN ('pending', 'running')
"""
TOLD_AFTER: Final = """
SELECT coalesce(percentile_cont(0.99) WITHIN GROUP (
    ORDER BY extract(epoch FROM finished_at - event.occurred_at)
), 0), count(*)
FROM delivery JOIN event ON event.id = event_id JOIN people_centre centre ON
    centre.id = event.centre_id
WHERE centre.slug = 'riverside' AND event.kind = 'HomeworkPublished' AND key <> ''
    AND handler = 'notices.notify_class' AND state = 'done' AND event.occurred_at >= (
        SELECT occurred_at FROM event WHERE id = %s
    )
"""


def garbage(scene: Scene) -> None:
    """Push what is no message, and messages that no task of ours takes, into every queue."""
    whole = json.loads(nudge_message("notices.notify_class", "drill", {}))
    unknown = nudge_message("notices.no_such_handler", "drill", {})
    headless = json.dumps({**whole, "headers": {}, "properties": {}})
    wrong_body = json.dumps({**whole, "body": "%%%"})
    for rubbish in ("", "\x00\xff", "{", "[]", "{}", unknown, headless, wrong_body):
        _push(scene, rubbish.encode("latin-1"))
        _await_work(scene, rubbish)


def pickled(scene: Scene) -> None:
    """Push a pickle that would leave a mark where it is opened."""
    mark = scene.stack.home / "pickle-was-opened"
    message = json.loads(nudge_message("notices.notify_class", "drill", {}))
    message["content-type"] = "application/x-python-serialize"
    message["content-encoding"] = "binary"
    message["body"] = base64.b64encode(pickle.dumps(Mark(str(mark)))).decode()
    for _ in range(3):
        _push(scene, json.dumps(message).encode())
        _await_work(scene, "a pickle")
    if mark.exists():
        raise BreachError("a pickle was opened")


def _await_work(scene: Scene, rubbish: str) -> None:
    """See something done after the rubbish came; clear it away if it stops everything."""
    scene.await_publications(1)
    done = scene.count(DONE)
    until(lambda: scene.count(DONE) > done, LONGEST_REST)
    if scene.count(DONE) == done:
        with scene.redis(2) as redis:
            redis.flushdb()
        raise BreachError(f"nothing was done for {LONGEST_REST:.0f} s after {rubbish[:200]!r}")


class Mark:
    """Opened as a pickle, it makes a file."""

    def __init__(self, path: str) -> None:
        self.path = path

    def __reduce__(self) -> tuple[Any, ...]:
        return open, (self.path, "w")


def _push(scene: Scene, rubbish: bytes) -> None:
    with scene.redis(2) as redis:
        for queue in QUEUES:
            redis.rpush(queue, rubbish)


def unknown_handler(scene: Scene) -> None:
    """A delivery as newer code writes it, for a handler that does not exist yet."""
    event_id = _insert(scene, kind="TermEnded", version=1, handler="notices.close_term")
    _must_wait(scene, event_id)


def unknown_version(scene: Scene) -> None:
    """An event of a version that this code cannot read, for a handler that it has."""
    event_id = _insert(scene, version=99, handler="notices.notify_class", payload={"homeworks": []})
    _must_wait(scene, event_id)


def _must_wait(scene: Scene, event_id: UUID) -> None:
    scene.await_publications(6)
    state, attempt, detail = _fate(scene, event_id)
    _forget(scene, event_id)
    if state != "pending" or attempt > 0:
        raise BreachError(f"it did not wait: {state} after {attempt} attempts: {detail[:200]}")


def poison(scene: Scene) -> None:
    """Events whose payload cannot be read, among good ones."""
    poisoned = [
        _insert(scene, handler=handler, payload={"broken": True})
        for handler in ("notices.notify_class", "email.mail_class")
        for _ in range(3)
    ]
    scene.await_publications(3)
    for event_id in poisoned:
        wait_for(lambda event_id=event_id: _fate(scene, event_id)[1] > 0, what="an attempt")  # type: ignore[misc]
    fates = [_fate(scene, event_id) for event_id in poisoned]
    for event_id in poisoned:
        _forget(scene, event_id)
    wrong = [fate for fate in fates if fate[0] in {"done", "skipped"}]
    if wrong:
        raise BreachError(f"poison was taken for done: {wrong}")


def flood(scene: Scene) -> None:
    """100,000 deliveries of one centre, while the other goes on publishing."""
    # No such homework is published, so each delivery is looked at and skipped.
    event_id = _insert(
        scene, handler="cleanup.nothing", payload={"centre_id": 1, "homework_id": _a_draft(scene)}
    )
    ledger.change(scene.stack, POUR, {"id": str(event_id), "count": FLOOD})
    wait_for(
        lambda: scene.count(STILL_OPEN, str(event_id)) <= 1, seconds=FLOOD_SECONDS, what="the flood"
    )
    ((late, told),) = ledger.ask(scene.stack, TOLD_AFTER, str(event_id))
    _forget(scene, event_id)
    if told == 0 or late > OTHERS_WAIT:
        raise BreachError(f"the other centre was told after {late:.1f} s (p99 of {told})")


def _a_draft(scene: Scene) -> int:
    with scene.teacher() as teacher:
        due_at = "2027-06-01T12:00:00Z"
        path = f"/api/classes/{next(iter(teacher.classes.values()))}/homework"
        body = {"title": "Never published", "body": "", "due_at": due_at}
        return int(teacher.person.post(path, body).raise_for_status().json()["id"])


def _insert(
    scene: Scene,
    *,
    kind: str = "HomeworkPublished",
    version: int = 1,
    handler: str,
    payload: dict[str, Any] | None = None,
) -> UUID:
    event_id = uuid4()
    values = {
        "id": str(event_id),
        "kind": kind,
        "version": version,
        "handler": handler,
        "payload": json.dumps(payload or {}),
    }
    ledger.change(scene.stack, INSERT, values)
    return event_id


def _fate(scene: Scene, event_id: UUID) -> tuple[str, int, str]:
    ((state, attempt, detail),) = ledger.ask(scene.stack, FATE, str(event_id))
    return state, attempt, detail


def _forget(scene: Scene, event_id: UUID) -> None:
    ledger.change(scene.stack, FORGET, {"id": str(event_id)})
