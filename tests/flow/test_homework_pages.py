"""Writing, publishing and withdrawing homework with forms."""

import re
from datetime import UTC, datetime, timedelta

import pytest

from core import clock
from core.homework.models import Homework, HomeworkState
from core.people.models import Guardianship, Membership, Role
from tests.flow.conftest import School
from tests.flow.pages import TELLING, checked, filled, shown, write
from tests.flow.people import PARENT, STRANGER, STUDENT, TEACHER, client_of


def test_a_draft_keeps_the_time_of_the_centre(school: School) -> None:
    year = clock.now().year + 1
    answer = write(school, due_at=f"{year}-07-01T16:00")
    homework = Homework.objects.get()
    assert answer.redirect_chain[-1][0] == f"/homework/{homework.pk}"
    assert "Draft saved." in checked(answer)
    assert homework.state == HomeworkState.DRAFT
    assert homework.due_at == datetime(year, 7, 1, 15, 0, tzinfo=UTC)  # 16:00 in London's summer
    assert "1 July" in shown(client_of(TEACHER), f"/homework/{homework.pk}")


def test_publishing_at_once(school: School) -> None:
    answer = write(school, then="publish")
    assert TELLING in checked(answer)
    assert Homework.objects.get().state == HomeworkState.PUBLISHED


def test_publishing_a_draft(school: School) -> None:
    block = Guardianship.objects.filter(centre=school.class_7a().centre, guardian__email=PARENT)
    block.update(custody_blocked=True)
    homework = school.draft()
    client = client_of(TEACHER)
    assert "30 students and 29 guardians" in shown(client, f"/homework/{homework.pk}")
    answer = client.post(f"/homework/{homework.pk}/publish", follow=True)
    assert "30 students and 29 guardians are being told." in checked(answer)
    assert "30 students and 29" not in shown(client, f"/homework/{homework.pk}")


WRONG = [
    ("title", "  ", "Give the homework a title."),
    ("title", "x" * 201, "at most 200 characters"),
    ("due_at", "", "Say when it is due."),
    ("due_at", "tomorrow", "Enter a date and a time"),
    ("due_at", "2020-01-01T09:00", ""),
    ("due_at", "9999-12-31T23:59", ""),
]


@pytest.mark.parametrize(("field", "text", "said"), WRONG)
def test_what_is_wrong_is_said_at_its_field(
    school: School, field: str, text: str, said: str
) -> None:
    answer = write(school, body="Not to be lost.", then="publish", **{field: text})
    assert answer.status_code == 422
    html = checked(answer)
    assert said in html
    assert re.search(rf'id="id_{field}"[^>]*aria-describedby="[^"]*id_{field}-error"', html)
    assert f'href="#id_{field}"' in html
    assert html.count('aria-invalid="true"') == 1
    assert "Not to be lost." in html
    assert "<title>Error: " in html
    assert not Homework.objects.exists()


def test_a_title_is_one_line(school: School) -> None:
    write(school, title="Fractions\r\nBcc: all@oakwood.example")
    assert Homework.objects.get().title == "Fractions Bcc: all@oakwood.example"


def test_text_is_shown_as_it_was_written(school: School) -> None:
    answer = write(
        school, title="<b>1 < 2</b>", body="<script>x</script> https://a.example/?b=1&c=2"
    )
    html = checked(answer)
    assert "&lt;b&gt;1 &lt; 2&lt;/b&gt;" in html
    assert "&lt;script&gt;" in html
    assert 'href="https://a.example/?b=1&amp;c=2"' in html


def test_editing(school: School) -> None:
    homework = school.publish()
    late = clock.now() - timedelta(days=1)
    Homework.objects.update(due_at=late)
    client = client_of(TEACHER)
    path = f"/homework/{homework.pk}/edit"
    html = shown(client, path)
    (due_at,) = re.findall(r'type="datetime-local"[^>]*value="([^"]+)"', html)

    answer = client.post(path, filled(title="Decimals", due_at=due_at), follow=True)
    assert "Changes saved." in checked(answer)
    homework.refresh_from_db()
    assert (homework.title, homework.due_at) == ("Decimals", late)


def test_withdrawing_is_final(school: School) -> None:
    homework = school.publish()
    client = client_of(TEACHER)
    path = f"/homework/{homework.pk}"
    html = checked(client.post(f"{path}/withdraw", follow=True))
    assert "Withdrawn." in html
    assert "This was withdrawn" in html
    assert "cannot be published again" in checked(client.post(f"{path}/publish", follow=True))
    assert client.get(f"{path}/edit").status_code == 409
    assert client_of(STUDENT).get(path).status_code == 404


def test_a_draft_cannot_be_withdrawn(school: School) -> None:
    homework = school.draft()
    answer = client_of(TEACHER).post(f"/homework/{homework.pk}/withdraw", follow=True)
    assert "Only a published homework can be withdrawn." in checked(answer)


def test_another_centre_has_nothing_here(school: School) -> None:
    homework = school.publish()
    stranger = client_of(STRANGER)
    stranger.cookies["django_language"] = "en"
    for path in ("", "/edit"):
        answer = stranger.get(f"/homework/{homework.pk}{path}")
        assert answer.status_code == 404
        assert "There is no such homework." in checked(answer)
    assert stranger.post(f"/homework/{homework.pk}/publish").status_code == 404
    assert write(school, stranger).status_code == 404


def test_a_student_cannot_write(school: School) -> None:
    homework = school.publish()
    student = client_of(STUDENT)
    assert "Withdraw" not in shown(student, f"/homework/{homework.pk}")
    assert student.get(f"/homework/{homework.pk}/edit").status_code == 403
    assert write(school, student).status_code == 403


def test_teaching_elsewhere_is_not_enough(school: School) -> None:
    school_class = school.class_7a()
    Membership.objects.filter(user__email=PARENT).update(roles=[Role.PARENT, Role.TEACHER])
    homework = school.publish()
    guardian = client_of(PARENT)
    assert guardian.get(f"/homework/{homework.pk}/edit").status_code == 403
    assert guardian.get(f"/classes/{school_class.pk}/homework/new").status_code == 403


def test_forms_need_their_token(school: School) -> None:
    client = client_of(TEACHER, enforce_csrf_checks=True)
    assert client.post("/sign-out").status_code == 403
    assert 'name="csrfmiddlewaretoken"' in shown(client, "/")
