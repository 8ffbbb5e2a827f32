"""What the drill itself goes by, where it would be wrong without anybody noticing."""

import runpy
from dataclasses import replace
from pathlib import Path

import pytest
from pydantic import ValidationError

from core.events.versions import NewerVersionError, read_event
from core.homework.events import HomeworkPublished
from tests.faults.checker import UNDECIDED, Delivery
from tests.faults.recovery import percentile
from tests.faults.releases import newer_tree

WAITING = Delivery("1", "email.mail_class", "7", "dead", UNDECIDED, "a@b.example", is_lost=True)


def test_of_twenty_the_99th_percentile_is_the_worst() -> None:
    seconds = [float(second) for second in range(20, 0, -1)]

    assert percentile(seconds, 0.5) == 10
    assert percentile(seconds, 0.99) == 20
    assert percentile([3.0], 0.5) == 3


def test_only_a_lost_answer_lets_a_mail_wait_for_a_person() -> None:
    assert WAITING.awaits_a_person
    assert not replace(WAITING, is_lost=False).awaits_a_person
    assert not replace(WAITING, state="pending").awaits_a_person
    assert not replace(WAITING, detail="RefusedError: 550 no").awaits_a_person


def test_only_the_newer_release_can_read_what_it_writes(tmp_path: Path) -> None:
    tree = newer_tree(tmp_path / "newer")
    newer = runpy.run_path(str(tree / "core" / "homework" / "events.py"))["HomeworkPublished"]
    old, new = HomeworkPublished(centre_id=1, homework_id=7), newer(centre_id=1, homework_id=7)
    written = new.payload()

    assert read_event(newer, 2, written) == new
    assert read_event(newer, 1, old.payload()) == new
    with pytest.raises(NewerVersionError):
        read_event(HomeworkPublished, 2, written)
    with pytest.raises(ValidationError):
        HomeworkPublished.model_validate_json(written)
