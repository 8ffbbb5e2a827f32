"""Attaching files to things: the seam for areas whose things have files."""

import threading
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection, transaction

from core.files.attachments import (
    MOST,
    attach_files,
    detach_files,
    files_of,
    files_of_many,
    set_files,
)
from core.files.models import Attachment, File
from core.isolation.scope import everywhere
from core.people.actor import Actor
from core.refusals import InvalidError
from tests.flow.conftest import School
from tests.flow.people import STRANGER, STUDENT, TEACHER
from tests.flow.uploads import kept

pytestmark = pytest.mark.usefixtures("media")
THING = "homework:7"


@pytest.fixture
def teacher(school: School) -> Actor:
    return school.actor(TEACHER)


def names(files: list[File]) -> list[str]:
    return [file.name for file in files]


def refused(ids: list[int], by: Actor, subject: str = THING) -> None:
    with pytest.raises(InvalidError) as found:
        attach_files(ids, subject=subject, by=by)
    assert found.value.loc == "files"


def test_files_are_attached_in_their_order_and_once(teacher: Actor) -> None:
    b, a = kept(teacher, name="b.pdf"), kept(teacher, name="a.pdf")
    assert names(attach_files([a.pk, b.pk, a.pk], subject=THING, by=teacher)) == ["a.pdf", "b.pdf"]
    assert names(attach_files([b.pk], subject=THING, by=teacher)) == ["a.pdf", "b.pdf"]
    assert Attachment.objects.count() == 2
    assert all(file.attached for file in files_of(THING))


def test_only_ones_own_and_free_files_are_attached(school: School, teacher: Actor) -> None:
    mine, theirs = kept(teacher), kept(school.actor(STUDENT))
    foreign, elsewhere = kept(school.actor(STRANGER)), kept(teacher, subject="ticket:1")
    for wrong in (theirs.pk, foreign.pk, elsewhere.pk, 0, 10**9):
        refused([mine.pk, wrong], teacher)
    assert files_of(THING) == []
    assert not File.objects.get(pk=mine.pk).attached


def test_what_a_colleague_attached_may_stay(school: School, teacher: Actor) -> None:
    theirs = kept(school.actor("admin@oakwood.example"), subject=THING)
    mine = kept(teacher)
    assert set_files([theirs.pk, mine.pk], subject=THING, by=teacher) == [theirs, mine]


def test_a_thing_has_so_many_files_at_most(teacher: Actor) -> None:
    files = [kept(teacher).pk for _ in range(MOST)]
    attach_files(files, subject=THING, by=teacher)
    refused([kept(teacher).pk], teacher)
    refused(list(range(1, MOST + 2)), teacher, "ticket:2")


def test_what_is_left_out_is_detached(teacher: Actor) -> None:
    a, b = kept(teacher), kept(teacher)
    set_files([a.pk], subject=THING, by=teacher)
    assert set_files([b.pk], subject=THING, by=teacher) == [b]
    assert not File.objects.get(pk=a.pk).attached
    detach_files([b.pk], subject="ticket:9")
    assert files_of(THING) == [b]
    detach_files([b.pk], subject=THING)
    assert files_of(THING) == []


def test_the_files_of_a_list_are_one_query(teacher: Actor, django_assert_num_queries: Any) -> None:
    for subject in ("homework:1", "homework:2", "homework:2", "ticket:1"):
        kept(teacher, subject=subject)
    with django_assert_num_queries(1):
        found = files_of_many(["homework:1", "homework:2", "homework:3"])
    assert {subject: len(files) for subject, files in found.items()} == {
        "homework:1": 1,
        "homework:2": 2,
        "homework:3": 0,
    }


def test_a_file_goes_to_one_of_two_who_want_it_at_once(teacher: Actor) -> None:
    file = kept(teacher)
    held = threading.Barrier(2)
    ended: list[str] = []

    def attach(subject: str) -> None:
        with everywhere():
            held.wait(10)
            try:
                attach_files([file.pk], subject=subject, by=teacher)
                ended.append("attached")
            except InvalidError:
                ended.append("refused")
            connection.close()

    threads = [threading.Thread(target=attach, args=(f"ticket:{n}",)) for n in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(ended) == ["attached", "refused"]
    assert Attachment.objects.count() == 1


def test_attaching_is_part_of_the_action_around_it(
    teacher: Actor, work_off: Callable[[], int]
) -> None:
    file = kept(teacher)

    def fail() -> None:
        with transaction.atomic():
            attach_files([file.pk], subject=THING, by=teacher)
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()
    assert not File.objects.get(pk=file.pk).attached
    assert work_off() == 1
