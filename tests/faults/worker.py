"""Faults of the workers, each at a moment that hurts."""

import os
import signal
import time
from contextlib import ExitStack, suppress
from pathlib import Path
from typing import Final

import psutil

from tests import ledger
from tests.faults.clients import until
from tests.faults.doorstop import records_held
from tests.faults.scene import BreachError, Scene
from tests.faults.signals import asleep, await_successor, family, kill, names_of, stopped
from tests.faults.stack import LEASE
from tests.servers import wait_for

BEING_SENT: Final = "SELECT message_id FROM mail WHERE state = 'sending'"
SENDING: Final = "SELECT count(*) FROM mail WHERE state = 'sending'"
MAILS_DONE: Final = """
SELECT count(*) FROM delivery WHERE handler = 'email.mail_class' AND key <> '' AND state = 'done'
"""
TAKEN_OVER: Final = """
SELECT count(*) FROM delivery
WHERE handler = 'email.mail_class' AND key <> '' AND attempt > 1 AND state <> 'pending'
"""
OPEN_UNTIL: Final = """
SELECT count(*) FROM delivery JOIN event ON event.id = event_id
WHERE state IN ('pending', 'running') AND occurred_at <= %s
"""
MOMENT: Final = "SELECT clock_timestamp()"
REPLACED: Final = 30.0
LONGEST_FAREWELL: Final = 15.0
MARK: Final = "nudge:notices.notify_class"
POPPING: Final = 0.5
REVIVAL: Final = 15.0


def killed_before_effect(scene: Scene) -> None:
    """Kill a worker that waits for the mail server's greeting."""
    with stopped(scene.stack, "smtp"):
        kill(scene.stack, _who_mails(scene))


def _who_mails(scene: Scene) -> str:
    """A worker that has mails in hand: it is connected to the mail server."""
    wait_for(lambda: bool(_mailing(scene)), what="a worker that mails")
    return _mailing(scene)[0]


def _mailing(scene: Scene) -> list[str]:
    return [
        name
        for name in names_of(scene.stack, "worker")
        if any(_is_mailing(scene, process) for process in family(scene.stack, name))
    ]


def _is_mailing(scene: Scene, process: psutil.Process) -> bool:
    port = scene.stack.facts["smtp"]["port"]
    with suppress(psutil.NoSuchProcess):
        return any(each.raddr and each.raddr[1] == port for each in process.net_connections("tcp"))
    return False


def killed_after_effect(scene: Scene) -> None:
    """Kill all workers between the mail server's yes and their own commit."""
    with records_held(scene.stack.facts["admin_database_url"]):
        scene.await_count(SENDING, 1, what="a mail being sent")
        rows = ledger.ask(scene.stack, BEING_SENT)
        wait_for(lambda: _are_caught(scene, [row[0] for row in rows]), what="mails that arrive")
        kill(scene.stack, *names_of(scene.stack, "worker"))


def _are_caught(scene: Scene, message_ids: list[str]) -> bool:
    files = Path(scene.stack.facts["mailbox_dir"]).glob("*.eml")
    newest = sorted(files, key=lambda file: file.stat().st_mtime)[-100:]
    heads = [file.read_bytes() for file in newest]
    return all(any(each.encode() in head for head in heads) for each in message_ids)


def killed_after_commit(scene: Scene) -> None:
    """Kill a worker whose work is committed and whose task cannot be acknowledged."""
    with stopped(scene.stack, "smtp"):
        scene.await_mails_in_hand()
        done = scene.count(MAILS_DONE)
        redis = scene.stack.send("redis", signal.SIGSTOP)
    try:
        scene.await_count(MAILS_DONE, done + 3, what="committed mails")
        kill(scene.stack, "worker")
    finally:
        os.kill(redis, signal.SIGCONT)


def killed_with_popped_message(scene: Scene) -> None:
    """Freeze all workers, let Redis hand them a nudge that they never read, and kill them."""
    workers = names_of(scene.stack, "worker")
    with ExitStack() as frozen:
        for name in workers:
            frozen.enter_context(asleep(scene.stack, name))
        scene.await_publications(2)
        until(lambda: _is_popped(scene), POPPING)
        if not _is_popped(scene):
            _pop(scene)  # nobody was just asking Redis for one: as if somebody had
        kill(scene.stack, *workers)


def _pop(scene: Scene) -> None:
    with scene.redis(2) as redis:
        redis.delete("notices")


def _is_popped(scene: Scene) -> bool:
    """A mark that says a nudge waits, and no nudge in the list."""
    with scene.redis(2) as redis:
        return bool(redis.exists(MARK)) and not redis.llen("notices")


def asleep_past_its_lease(scene: Scene) -> None:
    """Freeze a worker with mails in hand until others have taken them over; then wake it."""
    before = scene.count(TAKEN_OVER)
    with ExitStack() as sleeping:
        with stopped(scene.stack, "smtp"):
            sleeping.enter_context(asleep(scene.stack, _who_mails(scene)))
        scene.await_count(TAKEN_OVER, before + 1, what="deliveries taken over", seconds=10 * LEASE)


def deaf(scene: Scene) -> None:
    """Freeze a worker's main process for good: the other carries on, and it is replaced."""
    pid = scene.stack.send("worker", signal.SIGSTOP)
    scene.await_publications(3)
    moment = ledger.ask(scene.stack, MOMENT)[0][0]
    wait_for(
        lambda: scene.count(OPEN_UNTIL, moment) == 0, seconds=REVIVAL, what="what the other does"
    )
    if scene.stack.process("worker") != pid:
        raise BreachError("it was replaced before the other had to do its work")
    await_successor(scene.stack, "worker", pid, seconds=REPLACED)


def asked_to_stop(scene: Scene) -> None:
    """SIGTERM to one worker after the other, under load: each finishes and goes."""
    for name in names_of(scene.stack, "worker"):
        scene.await_mails_in_hand()
        process = psutil.Process(scene.stack.send(name, signal.SIGTERM))
        await_successor(scene.stack, name, process.pid, seconds=LONGEST_FAREWELL)
        if process.is_running():
            raise BreachError(f"{name} did not go")


def child_killed(scene: Scene) -> None:
    """What the kernel does when memory runs out: a worker's child is gone in mid-task."""
    for _ in range(3):
        with stopped(scene.stack, "smtp"):
            _, *children = family(scene.stack, _who_mails(scene))
            for child in children:
                with suppress(psutil.NoSuchProcess):
                    child.kill()
        scene.await_publications(1)


def child_short_of_memory(scene: Scene) -> None:
    """A real limit: a worker's children may not take one more page for a while."""
    _, *children = family(scene.stack, "worker")
    before = {child.pid: child.rlimit(psutil.RLIMIT_AS) for child in children}
    for child in children:
        child.rlimit(psutil.RLIMIT_AS, (child.memory_info().vms, before[child.pid][1]))
    scene.await_publications(6)
    for child in children:
        with suppress(psutil.NoSuchProcess):
            child.rlimit(psutil.RLIMIT_AS, before[child.pid])
    _await_revival(children)


def _await_revival(children: list[psutil.Process]) -> None:
    """See each child work again, or gone; one that hangs is killed."""
    used = {child.pid: _used(child) for child in children}
    hanging: list[psutil.Process] = children
    ends = time.monotonic() + REVIVAL
    while hanging and time.monotonic() < ends:
        hanging = [child for child in hanging if _used(child) == used[child.pid]]
        time.sleep(0.1)
    for child in hanging:
        child.kill()
    if hanging:
        raise BreachError(f"{len(hanging)} children hang after the shortage, for good")


def _used(child: psutil.Process) -> float:
    """Seconds of CPU time; of one that is gone another number each time."""
    with suppress(psutil.NoSuchProcess):
        times = child.cpu_times()
        return float(times.user + times.system)
    return time.monotonic()
