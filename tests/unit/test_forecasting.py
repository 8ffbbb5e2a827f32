"""How long a backlog takes, and how many workers it needs: arithmetic alone."""

import pytest

from core.ops.forecasting import Advice, Seen, advise, capacity_of, drained_in, per_second


def test_what_so_many_processes_do_is_the_median_of_what_they_did() -> None:
    lately = [Seen(2, 100, 10.0), Seen(2, 120, 10.0), Seen(2, 20, 10.0), Seen(6, 240, 10.0)]
    assert capacity_of(lately) == {2: 10.0, 6: 24.0}


def test_only_the_latest_count() -> None:
    slow_of_old = [Seen(2, 1, 10.0)] * 100
    assert capacity_of([*[Seen(2, 100, 10.0)] * 12, *slow_of_old]) == {2: 10.0}


def test_what_did_nothing_teaches_nothing() -> None:
    assert capacity_of([Seen(0, 5, 10.0), Seen(2, 0, 10.0), Seen(2, 5, 0.0)]) == {}


@pytest.mark.parametrize(
    ("processes", "expected"),
    [
        (0, None),
        (1, 5.0),  # in proportion
        (2, 10.0),  # seen
        (4, 17.0),  # halfway between what was seen
        (6, 24.0),  # seen
        (8, 31.0),  # on as before
    ],
)
def test_others_lie_on_the_lines_between_what_was_seen(
    processes: int, expected: float | None
) -> None:
    assert per_second(processes, {2: 10.0, 6: 24.0}) == expected


def test_from_one_number_all_others_are_in_proportion() -> None:
    assert per_second(6, {2: 10.0}) == 30.0


def test_nobody_believes_that_more_do_less_and_less() -> None:
    assert per_second(12, {2: 10.0, 6: 8.0}) == 8.0


def test_where_nothing_was_seen_nobody_knows() -> None:
    assert per_second(2, {}) is None
    assert drained_in(100, None) is None


def test_what_is_not_there_is_drained() -> None:
    assert drained_in(0, None) == 0.0
    assert drained_in(500, 10.0) == 50.0


def test_the_fewest_workers_that_are_soon_enough_are_proposed() -> None:
    found = advise(due=7200, workers=1, processes=2, capacity={2: 10.0})  # now twelve minutes
    assert found == Advice(workers=3, drained_in=240.0)


def test_what_is_soon_over_needs_no_more_of_them() -> None:
    assert advise(due=2000, workers=1, processes=2, capacity={2: 10.0}) is None
    assert advise(due=0, workers=0, processes=0, capacity={}) is None


def test_where_nobody_serves_the_first_is_proposed() -> None:
    found = advise(due=2000, workers=0, processes=0, capacity={2: 10.0})
    assert found == Advice(workers=1, drained_in=200.0)


def test_where_nothing_is_known_one_more_is_proposed() -> None:
    found = advise(due=2000, workers=2, processes=4, capacity={})
    assert found == Advice(workers=3, drained_in=None)


def test_more_of_them_are_not_proposed_where_they_bring_nothing() -> None:
    crowded = {2: 10.0, 4: 12.0, 6: 12.1}
    assert advise(due=36_000, workers=2, processes=4, capacity=crowded) is None
    found = advise(due=36_000, workers=1, processes=2, capacity=crowded)
    assert found == Advice(workers=2, drained_in=3000.0)
