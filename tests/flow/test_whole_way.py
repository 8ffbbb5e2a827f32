"""The whole way of an event through a running stack, as plain clients see it."""

from tests import ledger
from tests.portal import Person, listening
from tests.servers import RunningStack, wait_for


def test_student_and_guardian_get_a_frame_and_the_other_centre_nothing(
    stack: RunningStack,
) -> None:
    with (
        Person(stack.base_url, "teacher@oakwood.example") as teacher,
        Person(stack.base_url, "student3@oakwood.example") as student,
        Person(stack.base_url, "parent3@oakwood.example") as parent,
        Person(stack.base_url, "student3@riverside.example") as stranger,
        listening(student) as students,
        listening(parent) as parents,
        listening(stranger) as strangers,
    ):
        homework = teacher.draft("Whole way")
        teacher.publish(homework)
        for tab in (students, parents):
            wait_for(lambda tab=tab: "New homework: Whole way" in tab.titles(), seconds=10)  # type: ignore[misc]
        ledger.everyone_told_once(stack, homework)
        assert students.entries[-1]["data"]["url"] == f"/homework/{homework}"
        assert strangers.entries == []
        assert stranger.http.get(f"/api/homework/{homework}").status_code == 404


def test_a_post_repeated_with_its_key_happens_once(stack: RunningStack) -> None:
    with Person(stack.base_url, "teacher@oakwood.example") as teacher:
        homework = teacher.draft("Repeated")
        answers = [
            teacher.post(f"/api/homework/{homework}/publish", key="the same") for _ in range(3)
        ]
        assert {answer.status_code for answer in answers} == {200}
        assert len({answer.content for answer in answers}) == 1
        other = teacher.draft("Another")
        assert teacher.post(f"/api/homework/{other}/publish", key="the same").status_code == 422
        ledger.everyone_told_once(stack, homework)


def test_the_application_role_owns_nothing(stack: RunningStack) -> None:
    owners = {owner for (owner,) in ledger.ask(stack, OWNERS)}
    assert owners == {"schoolbell_owner"}


OWNERS = "SELECT DISTINCT tableowner FROM pg_tables WHERE schemaname = 'public'"
