"""Failed deliveries wait longer each time, and not for ever."""

from datetime import timedelta

from tasks.policies import PermanentError, Policy


def test_waits_double_up_to_the_longest_with_jitter() -> None:
    policy = Policy(first=timedelta(seconds=1), longest=timedelta(seconds=60))
    for attempt, whole in [(1, 1), (2, 2), (3, 4), (7, 60), (50, 60)]:
        waits = {policy.wait_after(attempt).total_seconds() for _ in range(200)}
        assert all(whole / 2 <= wait <= whole for wait in waits)
        assert len(waits) > 100


def test_the_last_attempt_is_the_last() -> None:
    policy = Policy(attempts=3)
    failures = [policy.is_final(OSError(), attempt) for attempt in (1, 2, 3, 4)]
    assert failures == [False, False, True, True]


def test_a_permanent_failure_is_the_last_whatever_its_number() -> None:
    assert Policy().is_final(PermanentError(), 1)
    assert Policy(permanent=(KeyError,)).is_final(KeyError(), 1)
    assert not Policy(permanent=(KeyError,)).is_final(ValueError(), 1)
