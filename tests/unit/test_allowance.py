"""For how long work may stand still."""

import pytest

from tasks.gentle import Allowance

STEP = 0.1  # seconds


def shares(seconds: float, wanted: bool = True) -> list[bool]:
    """Whether it stands, ten times a second."""
    allowance = Allowance(5.0, now=0.0)
    return [allowance.stand(wanted=wanted, now=at * STEP) for at in range(round(seconds / STEP))]


def runs(stands: list[bool]) -> list[tuple[bool, float]]:
    """How long it stood and ran, in turns."""
    found: list[tuple[bool, float]] = []
    for each in stands:
        if found and found[-1][0] == each:
            found[-1] = (each, found[-1][1] + STEP)
        else:
            found.append((each, STEP))
    return [(each, round(seconds, 1)) for each, seconds in found]


def test_a_burst_is_over_before_it_must_run() -> None:
    assert runs(shares(4.9)) == [(True, 4.9)]


def test_nobody_waits_nothing_stands() -> None:
    assert runs(shares(4.9, wanted=False)) == [(False, 4.9)]


def test_it_runs_a_fifth_of_the_time_whatever_is_wanted() -> None:
    """A look comes up to a tenth of a second late."""
    first, *others, _ = runs(shares(60.0))
    assert first[0]
    assert 4.9 < first[1] < 5.3
    for stood, seconds in others:
        assert (3.9 if stood else 0.9) < seconds < (4.5 if stood else 1.3)
    assert 0.15 < sum(seconds for stood, seconds in others if not stood) / 60 < 0.25


def test_what_was_spent_comes_back_while_it_runs() -> None:
    allowance = Allowance(5.0, now=0.0)
    assert allowance.stand(wanted=True, now=0.0)
    assert not allowance.stand(wanted=False, now=3.0)
    assert allowance.left == pytest.approx(2.0)
    assert allowance.stand(wanted=True, now=3.5)
    assert allowance.left == pytest.approx(4.0)
    assert not allowance.stand(wanted=False, now=3.6)
    allowance.stand(wanted=False, now=60.0)
    assert allowance.left == pytest.approx(5.0)
    assert allowance.stood == pytest.approx(3.1)
