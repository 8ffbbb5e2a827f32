"""Faults of the mail server."""

from typing import Final

from tests.faults import mailserver
from tests.faults.scene import Scene
from tests.faults.signals import stopped

DURATION: Final = 6.0
HANGING_UP: Final = 3.0


def down(scene: Scene) -> None:
    """Each connection is cut."""
    _in(scene, mailserver.AWAY, DURATION)


def silent(scene: Scene) -> None:
    """It takes connections and says nothing."""
    with stopped(scene.stack, "smtp"):
        scene.last(DURATION)


def slow(scene: Scene) -> None:
    """Each mail takes longer than a lease."""
    _in(scene, mailserver.SLOW, DURATION)


def busy(scene: Scene) -> None:
    """451 to everything."""
    _in(scene, mailserver.BUSY, DURATION)


def unwilling(scene: Scene) -> None:
    """550 to everything: dead letters, and nothing else stops."""
    _in(scene, mailserver.UNWILLING, DURATION)


def choosy(scene: Scene) -> None:
    """550 to guardians only: the students get theirs."""
    _in(scene, mailserver.CHOOSY, DURATION)


def hangs_up(scene: Scene) -> None:
    """It keeps each mail and cuts the connection instead of saying so."""
    _in(scene, mailserver.HANGS_UP, HANGING_UP)


def _in(scene: Scene, mood: str, seconds: float) -> None:
    with scene.mood(mood):
        scene.last(seconds)
