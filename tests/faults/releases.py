"""Old and new code together: a newer release is rolled out under load, and taken back again."""

import shutil
import signal
from pathlib import Path
from typing import Final

import httpx

from infra.local.stack import CHECKOUT
from tests import ledger
from tests.faults.scene import BreachError, Scene
from tests.faults.signals import await_successor, names_of
from tests.faults.stack import release
from tests.servers import wait_for

PARTS: Final = ("core", "tasks", "consumers", "schedules", "infra")
OLD: Final = '''class HomeworkPublished(Event):
    """A homework became visible to its class and their guardians."""

    about = "homework_id"
    homework_id: int
'''
# Written under another name, so that older code would fail if it ran it instead of waiting.
NEW: Final = '''import json

from pydantic import AliasChoices, Field


class HomeworkPublished(Event):
    """A homework became visible to its class and their guardians."""

    version = 2
    upcasts = {1: lambda old: {"centre_id": old["centre_id"], "homework": old["homework_id"]}}
    about = "homework_id"
    homework_id: int = Field(validation_alias=AliasChoices("homework", "homework_id"))

    def payload(self):
        return json.dumps({"centre_id": self.centre_id, "homework": self.homework_id})
'''
MOMENT: Final = "SELECT clock_timestamp()"
VERSIONS: Final = """
SELECT DISTINCT version FROM event WHERE kind = 'HomeworkPublished' AND occurred_at >= %s
"""
NEWER: Final = """
SELECT count(*) FROM delivery JOIN event ON event.id = event_id
WHERE kind = 'HomeworkPublished' AND version = 2 AND occurred_at >= %s
"""
OPEN: Final = NEWER + "AND state IN ('pending', 'running')"
GIVEN_BACK: Final = NEWER + "AND forgiven > 0"
FAILED: Final = NEWER + "AND attempt - forgiven > 1"
RESTART: Final = 30.0
WAITING: Final = 60.0  # seconds; four times what a worker waits that does not know a version
BETWEEN: Final = 3  # publications


def webs_first(scene: Scene) -> None:
    """The newer code writes before any worker can read it."""
    moment = _roll_out(scene, "web", "worker")
    given_back = scene.count(GIVEN_BACK, moment)
    scene.remark = f"{given_back} deliveries waited for newer workers"
    if not given_back:
        raise BreachError("no older worker ever saw what newer code wrote")


def workers_first(scene: Scene) -> None:
    """The newer workers run what older code wrote, as one rolls out."""
    moment = _roll_out(scene, "worker", "web")
    if scene.count(GIVEN_BACK, moment):
        raise BreachError("an older worker was still there when newer code wrote")


def _roll_out(scene: Scene, *kinds: str) -> object:
    """Replace one program after the other and put the older code back, the webs before the workers.

    Returns the moment before.
    """
    newer = newer_tree(scene.stack.home / "newer")
    moment: object = ledger.ask(scene.stack, MOMENT)[0][0]
    try:
        for kind in kinds:
            _replace_all(scene, kind, newer)
    finally:  # also for the faults that follow
        _replace_all(scene, "web", CHECKOUT)
        wait_for(lambda: scene.count(OPEN, moment) == 0, seconds=WAITING, what="what is newer")
        _replace_all(scene, "worker", CHECKOUT)
    versions = sorted(row[0] for row in ledger.ask(scene.stack, VERSIONS, moment))
    if versions != [1, 2]:
        raise BreachError(f"events of the versions {versions} were written, not of both")
    if scene.count(FAILED, moment):
        raise BreachError(f"{scene.count(FAILED, moment)} newer deliveries were run in vain first")
    return moment


def newer_tree(tree: Path) -> Path:
    """A copy of the code in which one event has a newer version."""
    shutil.rmtree(tree, ignore_errors=True)
    for part in PARTS:
        shutil.copytree(CHECKOUT / part, tree / part)
    shutil.copy(CHECKOUT / "manage.py", tree)
    file = tree / "core" / "homework" / "events.py"
    text = file.read_text()
    if OLD not in text:
        raise BreachError("HomeworkPublished is not what the drill's newer release changes")
    file.write_text(text.replace(OLD, NEW))
    return tree


def _replace_all(scene: Scene, kind: str, tree: Path) -> None:
    """Stop one program of a kind after the other; each starts again from the tree."""
    urls = scene.stack.entrances
    for name in names_of(scene.stack, kind):
        release(scene.stack.home, name, tree)
        await_successor(scene.stack, name, scene.stack.send(name, signal.SIGTERM), seconds=RESTART)
        wait_for(lambda name=name: _listens(scene, name, urls), seconds=RESTART, what=name)  # type: ignore[misc]
        scene.await_publications(BETWEEN)


def _listens(scene: Scene, name: str, urls: list[str]) -> bool:
    """A worker has given a sign of life, or all webs are there."""
    if name in names_of(scene.stack, "worker"):
        return (scene.stack.home / "run" / f"{name}.alive").exists()
    try:
        return all(httpx.get(f"{url}/healthz", timeout=2).is_success for url in urls)
    except httpx.HTTPError:
        return False
