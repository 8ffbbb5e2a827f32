"""Entries of streams: numbers without gaps, whoever writes at the same moment."""

import threading
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection, transaction

from core.live import entries
from core.live.entries import Kept, NewEntry, NoTransactionError
from tests.sockets import entry

pytestmark = pytest.mark.django_db(transaction=True)


def write(*streams: str) -> list[int]:
    with transaction.atomic():
        return entries.append([entry(stream, place) for place, stream in enumerate(streams)])


def in_threads(count: int, work: Callable[[int], None]) -> None:
    def run(number: int) -> None:
        try:
            work(number)
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(number,)) for number in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def test_numbers_begin_at_one_and_go_on() -> None:
    assert write("me:1") == [1]
    assert write("me:1", "me:1") == [2, 3]


def test_one_statement_for_entries_of_several_streams(django_assert_num_queries: Any) -> None:
    write("me:2")
    with transaction.atomic(), django_assert_num_queries(1):
        seqs = entries.append(
            [entry(stream) for stream in ("me:2", "me:1", "me:2", "me:1", "me:3")]
        )

    assert seqs == [2, 1, 3, 2, 1]
    assert entries.heads(["me:1", "me:2", "me:3", "me:4"]) == {
        "me:1": 2,
        "me:2": 3,
        "me:3": 1,
        "me:4": 0,
    }


def test_what_was_written_is_read() -> None:
    with transaction.atomic():
        entries.append([NewEntry("me:1", "notice", {"title": 'É "%s" \\ {'}), entry("me:1")])

    first, second = entries.read("me:1", after=0, limit=10)
    assert (first.stream, first.seq, first.type) == ("me:1", 1, "notice")
    assert first.data == {"title": 'É "%s" \\ {'}
    assert first.at.tzinfo is not None
    assert entries.read("me:1", after=1, limit=10) == [second]


def test_reading_several_streams_at_once() -> None:
    write(*["me:1"] * 4, *["me:2"] * 2)

    found = entries.read_many({"me:1": 1, "me:2": 1, "me:3": 0}, limit=2)

    assert [(each.stream, each.seq) for each in found] == [("me:1", 2), ("me:1", 3), ("me:2", 2)]


def test_nothing_to_write() -> None:
    with transaction.atomic():
        assert entries.append([]) == []


def test_outside_a_transaction_nothing_is_written() -> None:
    with pytest.raises(NoTransactionError):
        entries.append([entry("me:1")])


def test_a_rollback_leaves_no_gap() -> None:
    write("me:1")
    with transaction.atomic():
        entries.append([entry("me:1")])
        transaction.set_rollback(True)

    assert write("me:1") == [2]


def test_no_hint_after_a_rollback(monkeypatch: pytest.MonkeyPatch) -> None:
    told: list[Any] = []
    monkeypatch.setattr(entries, "broadcast", lambda heads, _traces: told.append(heads))

    with transaction.atomic():
        entries.append([entry("me:1")])
        transaction.set_rollback(True)
    write("me:2", "me:2", "me:3")

    assert told == [{"me:2": 2, "me:3": 1}]


def test_what_is_kept() -> None:
    assert entries.kept("me:1") == Kept(oldest=1, head=0)
    write(*["me:1"] * 5)
    assert entries.kept("me:1") == Kept(oldest=1, head=5)
    drop_entries(up_to=3)
    assert entries.kept("me:1") == Kept(oldest=4, head=5)
    drop_entries(up_to=5)
    assert entries.kept("me:1") == Kept(oldest=6, head=5)


def drop_entries(up_to: int) -> None:
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM live_entry WHERE seq <= %s", [up_to])


def test_writers_of_the_same_streams_in_any_order_wait_for_each_other() -> None:
    streams = ["me:1", "me:2", "me:3", "me:10"]
    seqs: list[list[int]] = []

    def work(number: int) -> None:
        order = streams[::-1] if number % 2 else streams
        seqs.extend(write(*order, *order) for _ in range(10))

    in_threads(6, work)

    assert len(seqs) == 60
    for stream in streams:
        found = entries.read(stream, after=0, limit=1_000)
        assert [each.seq for each in found] == list(range(1, 121))


def test_a_reader_never_sees_a_number_before_a_lower_one() -> None:
    over = threading.Event()
    seen: list[list[int]] = []

    def work(number: int) -> None:
        if number:
            for _ in range(25):
                write("me:1")
            return
        while not over.wait(0.002):
            seen.append([each.seq for each in entries.read("me:1", after=0, limit=1_000)])

    reader = threading.Thread(target=in_threads, args=(1, work))
    reader.start()
    in_threads(5, lambda number: work(number + 1))
    over.set()
    reader.join()

    assert seen
    assert all(numbers == list(range(1, len(numbers) + 1)) for numbers in seen)


def test_a_class_of_ten_thousand_is_one_quick_statement() -> None:
    streams = [f"me:{number}" for number in range(10_000)]
    assert write(*streams) == [1] * 10_000
