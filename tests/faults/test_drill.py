"""Faults of the drill on one stack: one of each kind; `make sweep-faults`: all quick ones."""

from collections.abc import Iterator
from pathlib import Path
from typing import Final

import pytest

from tests import ledger
from tests.faults.faults import FAULTS, Fault, Runs
from tests.faults.nemesis import Nemesis, nemesis
from tests.faults.scene import Scene
from tests.faults.stack import drill_stack
from tests.servers import wait_for

MARKS: Final = {Runs.TEST: [], Runs.SWEEP: [pytest.mark.sweep]}
QUICK: Final = [
    pytest.param(fault, id=fault.name, marks=MARKS[fault.runs])
    for fault in FAULTS
    if fault.runs in MARKS
]
FIRST_NOTICE: Final = """
SELECT min(id) FROM notices_notice WHERE title LIKE 'New homework: ' || %s || ' %%'
"""


@pytest.fixture(scope="module")
def goddess(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Nemesis]:
    with (
        drill_stack(tmp_path_factory.mktemp("drill")) as stack,
        nemesis(stack, "test") as goddess,
    ):
        yield goddess


@pytest.mark.parametrize("fault", QUICK)
def test_promises_are_kept(goddess: Nemesis, fault: Fault) -> None:
    outcome = goddess.strike(fault)
    assert outcome.breaches == []
    assert outcome.kept > 0


def test_the_drill_sees_what_is_missing(goddess: Nemesis) -> None:
    fault = Fault(name="sabotage", promise="none", how=take_away_a_notice_and_a_mail)

    breaches = "\n".join(goddess.strike(fault).breaches)

    assert "no notice for 1" in breaches
    assert "no mail for 1" in breaches


def take_away_a_notice_and_a_mail(scene: Scene) -> None:
    caught = set(mails(scene))
    wait_for(lambda: len(set(mails(scene)) - caught) > 0, what="a mail")
    next(iter(set(mails(scene)) - caught)).unlink()
    wait_for(lambda: first_notice(scene) is not None, what="a notice")
    ledger.change(scene.stack, "DELETE FROM notices_notice WHERE id = %s", (first_notice(scene),))


def mails(scene: Scene) -> list[Path]:
    return list(Path(scene.stack.facts["mailbox_dir"]).glob("[!.]*.eml"))


def first_notice(scene: Scene) -> int | None:
    found: int | None = ledger.ask(scene.stack, FIRST_NOTICE, scene.name)[0][0]
    return found
