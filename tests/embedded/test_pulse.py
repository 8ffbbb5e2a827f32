"""A program that stops giving its sign of life is known, after several looks in vain."""

import time
from pathlib import Path

import pytest

from infra.local import pulse
from infra.local.pulse import LOOKS, Pulse


@pytest.fixture(autouse=True)
def _looks_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pulse, "LOOK_SECONDS", 0.0)


def look(watched: Pulse, times: int) -> list[bool]:
    return [watched.is_gone() for _ in range(times)]


def touch(file: Path) -> None:
    """Later than any touch before, whatever the file system's clock can tell apart."""
    time.sleep(0.01)
    file.touch()


def test_only_as_many_looks_in_a_row_are_in_vain(tmp_path: Path) -> None:
    file = tmp_path / "program.alive"
    file.touch()
    watched = Pulse(file)
    assert look(watched, LOOKS - 1) == [False] * (LOOKS - 1)
    touch(file)
    assert look(watched, LOOKS + 1) == [False] * LOOKS + [True]


def test_a_first_sign_may_come_late(tmp_path: Path) -> None:
    file = tmp_path / "program.alive"
    watched = Pulse(file)
    assert look(watched, LOOKS - 1) == [False] * (LOOKS - 1)
    touch(file)
    assert not watched.is_gone()


def test_looks_have_their_time(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pulse, "LOOK_SECONDS", 60.0)
    assert not any(look(Pulse(tmp_path / "none.alive"), 10 * LOOKS))
