"""Faults of Redis, and of the way to it."""

import shutil
from typing import Final

from tests.faults import cable
from tests.faults.scene import Scene
from tests.faults.signals import kill, stopped

REFUSAL: Final = 10.0
SILENCE: Final = 30.0
SHORT_SILENCE: Final = 10.0
BETWEEN_FLUSHES: Final = 2.0
FLUSHES: Final = 15


def killed_and_empty(scene: Scene) -> None:
    """Kill it with its files gone: what starts again knows nothing."""
    with stopped(scene.stack, "redis"):
        folder = scene.stack.home / "redis"
        (folder / "dump.rdb").unlink(missing_ok=True)
        shutil.rmtree(folder / "appendonlydir", ignore_errors=True)
        kill(scene.stack, "redis")


def flushed_again_and_again(scene: Scene) -> None:
    """FLUSHALL every 2 s for 30 s."""
    with scene.redis() as redis:
        for _ in range(FLUSHES):
            redis.flushall()
            scene.last(BETWEEN_FLUSHES)


def flushed(scene: Scene) -> None:
    """FLUSHALL, three times in 3 s."""
    with scene.redis() as redis:
        for _ in range(3):
            redis.flushall()
            scene.last(1)


def refused(scene: Scene) -> None:
    """Nobody listens where Redis was."""
    with scene.cable(cable.REFUSED):
        scene.last(REFUSAL)


def frozen(scene: Scene) -> None:
    """SIGSTOP for 30 s: connections are taken, and nothing is answered."""
    with stopped(scene.stack, "redis"):
        scene.last(SILENCE)


def frozen_shortly(scene: Scene) -> None:
    """SIGSTOP for 10 s."""
    with stopped(scene.stack, "redis"):
        scene.last(SHORT_SILENCE)


def half_open(scene: Scene) -> None:
    """Nothing passes for 30 s in either direction, and no end learns of it."""
    with scene.cable(cable.STALLED):
        scene.last(SILENCE)


def forgotten(scene: Scene) -> None:
    """Each connection that there is will never be heard again; new ones work."""
    with scene.cable(cable.FORGOTTEN):
        scene.last(1)


def full(scene: Scene) -> None:
    """Redis takes nothing more for 10 s: `maxmemory`, without eviction."""
    with scene.redis() as redis:
        redis.config_set("maxmemory", "1")
        try:
            scene.last(REFUSAL)
        finally:
            redis.config_set("maxmemory", "0")
