"""A person's notices and preferences through the API."""

from uuid import uuid4

from core import clock
from core.events.models import EventRecord
from core.notices.models import Notice
from tests.flow.conftest import School
from tests.flow.people import PARENT, STUDENT, assert_problem, client_of, post

TOO_LARGE = 2**63  # for PostgreSQL's bigint


def notices_for(school: School, email: str, count: int) -> None:
    """Notices with the numbers 1 to `count`."""
    person, centre = school.user(email), school.class_7a().centre
    Notice.objects.bulk_create(
        Notice(
            centre=centre,
            person=person,
            seq=seq,
            event_id=uuid4(),
            kind="homework",
            title=f"Notice {seq}",
            url="/homework/1",
            created_at=clock.now(),
        )
        for seq in range(1, count + 1)
    )


def test_notices_after_a_number(school: School) -> None:
    notices_for(school, STUDENT, 5)
    student = client_of(STUDENT)

    def seqs(query: str) -> list[int]:
        return [each["seq"] for each in student.get(f"/api/notices{query}").json()["items"]]

    assert seqs("") == [1, 2, 3, 4, 5]
    assert seqs("?after=3") == [4, 5]
    cursor = student.get("/api/notices?after=1&limit=2").json()["next"]
    assert seqs(f"?after=1&limit=2&cursor={cursor}") == [4, 5]
    assert client_of(PARENT).get("/api/notices").json() == {"items": [], "next": None}
    for wrong in ("-1", "x", str(TOO_LARGE)):
        assert_problem(student.get(f"/api/notices?after={wrong}"), 422)


def test_notices_are_read_up_to_a_number(school: School) -> None:
    notices_for(school, STUDENT, 3)
    student = client_of(STUDENT)

    assert post(student, "/api/notices/read", {"up_to": 2}).json() == {"unread": 1}
    assert post(student, "/api/notices/read", {"up_to": 2}).json() == {"unread": 1}
    assert EventRecord.objects.filter(kind="NoticesRead").count() == 1
    read = [each["read_at"] for each in student.get("/api/notices").json()["items"]]
    assert [bool(each) for each in read] == [True, True, False]


def test_unread_ones_are_counted_and_marked_one_by_one(school: School) -> None:
    notices_for(school, STUDENT, 3)
    student = client_of(STUDENT)
    assert student.get("/api/notices/unread").json() == {"unread": 3}
    middle = Notice.objects.get(seq=2)

    for _time in range(2):
        answer = post(student, f"/api/notices/{middle.pk}/read")
        assert (answer.status_code, answer.json()) == (200, {"unread": 2})
    assert EventRecord.objects.filter(kind="NoticeMarked").count() == 1
    read = [each["read_at"] for each in student.get("/api/notices").json()["items"]]
    assert [bool(each) for each in read] == [False, True, False]
    assert post(student, f"/api/notices/{middle.pk}/unread").json() == {"unread": 3}


def test_anothers_notice_is_not_there(school: School) -> None:
    notices_for(school, STUDENT, 1)
    notice = Notice.objects.get()
    missing = assert_problem(post(client_of(PARENT), "/api/notices/0/read"), 404)
    for path in ("read", "unread"):
        found = assert_problem(post(client_of(PARENT), f"/api/notices/{notice.pk}/{path}"), 404)
        assert found["detail"] == missing["detail"]
    assert_problem(client_of(PARENT).get(f"/api/notices/{notice.pk}/why"), 404)
    assert client_of(PARENT).post(f"/notices/{notice.pk}/mark").status_code == 404
    assert not Notice.objects.exclude(read_at=None).exists()


def test_notices_of_a_kind_and_unread_ones(school: School) -> None:
    notices_for(school, STUDENT, 4)
    Notice.objects.filter(seq__gt=2).update(kind="grade")
    Notice.objects.filter(seq=3).update(read_at=clock.now())
    student = client_of(STUDENT)

    def seqs(query: str) -> list[int]:
        return [each["seq"] for each in student.get(f"/api/notices?{query}").json()["items"]]

    assert seqs("kind=grade") == [3, 4]
    assert seqs("unread=true") == [1, 2, 4]
    assert seqs("kind=grade&unread=true") == [4]
    assert_problem(student.get("/api/notices?kind=sport"), 422)
