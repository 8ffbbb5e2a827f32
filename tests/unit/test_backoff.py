"""Failed deliveries wait longer each time, and not for ever."""

from datetime import timedelta

from tasks.backoff import Patience


def test_waits_double_up_to_the_longest_with_jitter() -> None:
    patience = Patience(first=timedelta(seconds=1), longest=timedelta(seconds=60))
    for attempt, whole in [(1, 1), (2, 2), (3, 4), (7, 60), (50, 60)]:
        waits = {patience.wait_after(attempt).total_seconds() for _ in range(200)}
        assert all(whole / 2 <= wait <= whole for wait in waits)
        assert len(waits) > 100


def test_the_last_attempt_is_the_last() -> None:
    patience = Patience(attempts=3)
    assert [patience.is_over(attempt) for attempt in (1, 2, 3, 4)] == [False, False, True, True]
