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
