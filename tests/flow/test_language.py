"""People are spoken to in their language: pages, forms, refusals, notices and mails."""

from collections.abc import Callable
from datetime import timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage

import pytest
from django.test import Client

from core import clock
from core.homework.models import Homework
from core.language.dates import brief, full, nearness
from core.notices.models import Notice
from core.people.models import User
from tests.flow.conftest import School
from tests.flow.pages import checked, filled, shown, write
from tests.flow.people import PARENT, STUDENT, TEACHER, assert_problem, client_of
from tests.servers import Servers

SPANISH = {"Accept-Language": "es-MX,es;q=0.9"}


def choose(client: Client, language: str = "es", next_path: str = "/") -> int:
    """The status of the answer to the form in a page's foot."""
    answer = client.post("/language", {"language": language, "next": next_path})
    return answer.status_code


def speaks_spanish(*emails: str) -> None:
    User.objects.filter(email__in=emails).update(language="es")


def test_a_person_chooses_and_it_stays_with_them(school: School) -> None:
    client = client_of(TEACHER)
    assert 'lang="en"' in shown(client, "/")
    assert choose(client) == 302

    for browser in (client, client_of(TEACHER)):  # another one too
        html = shown(browser, "/")
        assert '<html lang="es">' in html
        assert "Hola, Taylor Thorne" in html
        assert "Escribir tarea" in html
    assert school.user(TEACHER).language == "es"
    assert choose(client, "en") == 302
    assert "Hello, Taylor Thorne" in shown(client, "/")


def test_the_browser_decides_for_who_is_not_signed_in(school: School) -> None:
    answer = Client().get("/sign-in", headers=SPANISH)
    assert answer.headers["Content-Language"] == "es"
    assert "Accept-Language" in answer.headers["Vary"]
    assert '<html lang="es">' in checked(answer)


def test_who_is_not_signed_in_chooses_too(school: School) -> None:
    client = Client()
    assert choose(client, next_path="/sign-in") == 302
    assert '<html lang="es">' in shown(client, "/sign-in")
    assert client.cookies["django_language"]["httponly"]
    assert not User.objects.exclude(language="").exists()


@pytest.mark.parametrize("language", ["", "xx", "es\r\nSet-Cookie: a=b"])
def test_a_language_that_is_none(school: School, language: str) -> None:
    client = Client()
    assert choose(client, language) == 400
    assert "django_language" not in client.cookies


def test_choosing_leads_nowhere_else(school: School) -> None:
    answer = Client().post("/language", {"language": "es", "next": "//evil.example"})
    assert answer.headers["Location"] == "/"


def test_forms_say_in_spanish_what_is_wrong(school: School) -> None:
    speaks_spanish(TEACHER)
    html = checked(write(school, title=" ", due_at="2020-01-01T09:00"))
    assert "Pon un título a la tarea." in html
    html = checked(write(school, due_at="2020-01-01T09:00"))
    assert "debe estar en el futuro" in html
    answer = client_of(TEACHER).post(
        f"/classes/{school.class_7a().pk}/homework/new", filled(then="publish"), follow=True
    )
    assert "Se está avisando a 30 estudiantes y 30 tutores." in checked(answer)


def test_refusals_of_pages_are_translated_and_those_of_the_api_are_not(school: School) -> None:
    speaks_spanish(STUDENT)
    student = client_of(STUDENT, headers=SPANISH)
    edit = f"/homework/{school.publish().pk}/edit"
    for path, status, said in (
        (edit, 403, "Tu función no lo permite."),
        ("/homework/999999", 404, "No existe esa tarea."),
        ("/nowhere", 404, "No hay nada en esta dirección."),
    ):
        answer = student.get(path)
        assert answer.status_code == status
        html = checked(answer)
        assert said in html
        assert '<html lang="es">' in html
    found = assert_problem(student.get("/api/homework/999999"), 404)
    assert found["detail"] == "There is no such homework."
    assert found["title"] == "Not Found"


def test_notices_and_mails_are_in_the_language_of_each(
    school: School, work_off: Callable[[], int], servers: Servers
) -> None:
    speaks_spanish(PARENT)
    school.publish("Fractions")
    work_off()

    titles = dict(Notice.objects.values_list("person__email", "title"))
    assert titles[PARENT] == "Nueva tarea: Fractions"
    assert titles[STUDENT] == "New homework: Fractions"

    mails = [
        message_from_bytes(file.read_bytes(), policy=policy.default)
        for file in servers.stack.home.mailbox.glob("*.eml")
    ]
    by_person = {mail["To"].addresses[0].addr_spec: mail for mail in mails}
    assert by_person[PARENT]["Subject"] == "Nueva tarea para 7A: Fractions"
    assert by_person[STUDENT]["Subject"] == "New homework for 7A: Fractions"
    spanish = content_of(by_person[PARENT], "html")
    assert '<html lang="es">' in spanish
    assert "Entrega: " in spanish
    assert "Due " in content_of(by_person[STUDENT], "plain")


def test_reasons_that_were_stored_are_translated_when_shown(
    school: School, work_off: Callable[[], int]
) -> None:
    speaks_spanish(TEACHER)
    User.objects.filter(email=STUDENT).update(is_active=False)
    homework = school.publish()
    work_off()
    assert "la cuenta no está activa" in shown(client_of(TEACHER), f"/homework/{homework.pk}/told")


def test_dates_are_written_as_the_language_writes_them(school: School) -> None:
    speaks_spanish(STUDENT)
    homework = school.publish()
    due_at = clock.now().replace(hour=14, minute=30, month=11, day=27)
    due_at = due_at.replace(year=2030)
    Homework.objects.update(due_at=due_at)
    path = f"/homework/{homework.pk}"
    assert "miércoles, 27 de noviembre de 2030, 14:30" in shown(client_of(STUDENT), path)
    assert "Wednesday, 27 November 2030, 14:30" in shown(client_of(TEACHER), path)


def test_dates_in_words() -> None:
    now = clock.now()
    assert nearness(now, "UTC") == "today"
    assert nearness(now + timedelta(days=1), "UTC") == "tomorrow"
    assert nearness(now + timedelta(days=3), "UTC") == "in 3 days"
    assert nearness(now + timedelta(days=30), "UTC") == ""
    moment = now.replace(year=2026, month=11, day=27, hour=23, minute=30)
    assert full(moment, "Europe/Madrid") == "Saturday, 28 November 2026, 00:30"
    assert brief(moment, "Europe/London") == "Fri 27 Nov, 23:30"


def content_of(mail: EmailMessage, kind: str) -> str:
    """One of the two forms of a mail."""
    part = mail.get_body((kind,))
    assert part is not None
    return str(part.get_content())
