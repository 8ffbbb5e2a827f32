"""How fast a client may send."""

from consumers.pace import Pace


def test_too_many_within_the_window() -> None:
    now = 0.0
    pace = Pace(most=3, seconds=1.0, clock=lambda: now)

    assert [pace.allows() for _ in range(4)] == [True, True, True, False]


def test_the_window_slides() -> None:
    times = iter([0.0, 0.9, 1.0, 1.1, 2.1])
    pace = Pace(most=2, seconds=1.0, clock=lambda: next(times))

    assert [pace.allows() for _ in range(5)] == [True, True, True, False, True]
