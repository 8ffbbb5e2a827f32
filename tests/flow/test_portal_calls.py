"""Whom the portal calls, and for whom it only lists: by kind, and for each child."""

import threading
from collections.abc import Callable
from typing import Any, Final
from uuid import uuid4

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from core.homework.actions import recall_homework
from core.isolation.scope import everywhere
from core.live.models import Entry
from core.mail.models import Mail
from core.notices.actions import Note, tell
from core.notices.models import Notice, NoticeKind, NoticePreference
from core.notices.unsubscribing import Ending, undo, unsubscribe
from core.people.models import Guardianship, User
from tasks.drain import drain
from tasks.notices.homework import notify_class
from tests.flow.conftest import School, work_all_off
from tests.flow.pages import tell_class
from tests.flow.people import JSON, PARENT, STUDENT, TEACHER, client_of, post

WorkOff = Callable[[], int]
SECOND: Final = "student2@oakwood.example"


def choose(email: str, kind: str = "homework", **choice: Any) -> None:
    """Have a person choose how they are told of a kind."""
    body = {kind: {"email": True} | choice}
    answer = client_of(email).put("/api/notice-preferences", data=body, content_type=JSON)
    assert answer.status_code == 200, answer.content


def unread(email: str) -> int:
    return int(client_of(email).get("/api/notices/unread").json()["unread"])


def entry_of(school: School, email: str, seq: int = 1) -> Entry:
    return Entry.objects.get(stream=f"me:{school.user(email).pk}", seq=seq)


@pytest.fixture
def children(school: School) -> tuple[User, User]:
    """The two students of whom PARENT is guardian: both in 7A."""
    second, centre = school.user(SECOND), school.class_7a().centre
    Guardianship.objects.create(centre=centre, guardian=school.user(PARENT), student=second)
    return school.user(STUDENT), second


def test_what_is_only_listed_is_told_once_and_calls_nobody(
    school: School, work_off: WorkOff
) -> None:
    choose(STUDENT, portal=False)
    school.publish()
    work_off()

    (listed,) = client_of(STUDENT).get("/api/notices").json()["items"]
    assert listed["seq"] == 1
    assert listed["read_at"] == listed["created_at"]
    entry = entry_of(school, STUDENT)
    assert (entry.type, entry.data["title"]) == ("notice", listed["title"])
    assert (entry.data["quiet"], entry_of(school, SECOND).data["quiet"]) == (True, False)
    assert (unread(STUDENT), unread(SECOND)) == (0, 1)
    # All others are told as ever, and all are mailed.
    assert Notice.objects.filter(read_at=None).count() == 59
    assert Mail.objects.filter(state="sent").count() == 60


def test_another_kind_still_calls(school: School) -> None:
    choose(STUDENT, "grade", portal=False)
    tell_class(school)
    assert unread(STUDENT) == 1


def test_it_is_counted_when_its_reader_wants_it_to_be(school: School) -> None:
    choose(STUDENT, portal=False)
    tell_class(school)
    notice = Notice.objects.get(person__email=STUDENT)
    assert post(client_of(STUDENT), f"/api/notices/{notice.pk}/unread").json() == {"unread": 1}


def test_two_workers_at_once_list_it_once(school: School) -> None:
    choose(STUDENT, portal=False)
    school.publish()

    def work() -> None:
        while drain(notify_class):
            pass
        connection.close()

    workers = [threading.Thread(target=work) for _ in range(2)]
    for each in workers:
        each.start()
    for each in workers:
        each.join()
    assert Notice.objects.get(person__email=STUDENT).is_quiet
    assert entry_of(school, STUDENT).data["quiet"]
    assert Entry.objects.filter(stream=f"me:{school.user(STUDENT).pk}").count() == 1


def test_what_is_taken_back_calls_nobody_either(school: School) -> None:
    choose(STUDENT, portal=False)
    homework = tell_class(school, "A secret")
    recall_homework(homework_id=homework.pk, by=school.actor(TEACHER))
    work_all_off()

    for seq, type_ in ((1, "notice"), (2, "notice_taken_back")):
        mine, other = entry_of(school, STUDENT, seq), entry_of(school, SECOND, seq)
        assert {mine.type, other.type} == {type_}
        assert "taken back" in mine.data["title"]
        assert (mine.data["quiet"], other.data["quiet"]) == (True, False)
    assert Notice.objects.get(person__email=STUDENT).is_quiet
    assert not Notice.objects.get(person__email=SECOND).is_quiet
    assert unread(STUDENT) == 0


# Guardians: what they chose in general, for the first child, for the second; None for nothing of
# its own. And whether they are called of what concerns both.
FAMILIES: Final = [
    ((False, None, None), False),
    ((True, False, False), False),
    ((True, False, True), True),
    ((True, False, None), True),
    ((False, False, None), False),
    ((False, None, True), True),
]


@pytest.mark.parametrize(("choices", "is_called"), FAMILIES)
def test_a_guardian_of_two_is_called_as_long_as_they_want_it_for_one(
    school: School,
    children: tuple[User, User],
    choices: tuple[bool, bool | None, bool | None],
    is_called: bool,
) -> None:
    general, *apart = choices
    theirs = {
        str(child.pk): None if portal is None else {"email": True, "portal": portal}
        for child, portal in zip(children, apart, strict=True)
    }
    choose(PARENT, portal=general, children=theirs)
    tell_class(school)
    assert Notice.objects.get(person__email=PARENT).is_quiet is not is_called
    assert unread(PARENT) == int(is_called)


def test_what_is_about_one_child_goes_by_the_choice_for_that_child(
    school: School, children: tuple[User, User]
) -> None:
    first, second = children
    theirs = {str(first.pk): {"email": True, "portal": False}}
    choose(PARENT, "grade", children=theirs)
    grade_of(school, first)
    assert unread(PARENT) == 0
    grade_of(school, second)
    assert unread(PARENT) == 1


def test_a_blocked_childs_choice_does_not_count(
    school: School, children: tuple[User, User]
) -> None:
    first, second = children
    theirs = {str(second.pk): {"email": True, "portal": False}}
    choose(PARENT, portal=True, children=theirs)
    about = Guardianship.objects.filter(guardian__email=PARENT, student=first)
    about.update(custody_blocked=True)
    tell_class(school)
    assert entry_of(school, PARENT).data["student_ids"] == [str(second.pk)]
    assert unread(PARENT) == 0


def test_what_is_mandatory_calls_whatever_the_table_says(school: School) -> None:
    parent = school.user(PARENT)
    NoticePreference.objects.create(person=parent, kind="custody", portal=False)
    NoticePreference.objects.create(person=parent, kind="ticket", portal=False)
    with transaction.atomic():
        tell([note_for(school, parent, NoticeKind.CUSTODY)])
        tell([note_for(school, parent, NoticeKind.TICKET)])
    assert [each.is_quiet for each in Notice.objects.order_by("seq")] == [False, True]


@pytest.mark.parametrize("presses", [1, 2])
def test_ending_mails_by_their_link_leaves_the_portal_as_it_was_chosen(
    school: School, children: tuple[User, User], presses: int
) -> None:
    theirs = {str(children[0].pk): {"email": True, "portal": True}}
    choose(PARENT, portal=False, children=theirs)
    before = chosen()
    ending = Ending(school.user(PARENT), "homework")
    for _press in range(presses):
        token = unsubscribe(ending)
    assert chosen() == {(student, False, portal) for student, _, portal in before}
    undo(ending, token)
    assert chosen() == before


def chosen() -> set[tuple[int | None, bool, bool]]:
    return set(NoticePreference.objects.values_list("student_id", "email", "portal"))


def test_to_ask_takes_one_query_however_many_are_told(school: School) -> None:
    links = list(Guardianship.objects.select_related("student")[:30])
    assert len(links) == 30
    NoticePreference.objects.bulk_create(
        NoticePreference(person_id=each.guardian_id, kind="grade", student=student, portal=False)
        for each in links
        for student in (each.student, None)
    )
    notes = [
        note_for(school, person, NoticeKind.GRADE, about)
        for each in links
        for person, about in ((each.student, ()), (each.guardian, (each.student_id,)))
    ]
    # Who wants it how; the entries; the notices; who was blocked meanwhile.
    assert statements(notes[:2]) == statements(notes[2:]) == 4
    assert statements([]) == 0
    assert Notice.objects.filter(read_at=None).count() == 30


def statements(notes: list[Note]) -> int:
    """How many statements telling takes."""
    with everywhere(), transaction.atomic(), CaptureQueriesContext(connection) as asked:
        tell(notes)
    return len(asked)


def grade_of(school: School, child: User) -> None:
    """PARENT is told of a grade of a child."""
    with transaction.atomic():
        tell([note_for(school, school.user(PARENT), NoticeKind.GRADE, (child.pk,))])


def note_for(
    school: School, person: User, kind: NoticeKind, student_ids: tuple[int, ...] = ()
) -> Note:
    return Note(
        person_id=person.pk,
        centre_id=school.class_7a().centre_id,
        event_id=uuid4(),
        kind=kind,
        title="News",
        body="",
        url="/",
        student_ids=student_ids,
    )
