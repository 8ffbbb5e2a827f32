"""Ending mails by the link in one of them, in one click and without signing in (RFC 8058)."""

import re
from collections.abc import Callable
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default

import pytest
from django.test import Client

from core.events.models import Delivery, EventRecord
from core.notices.models import NoticePreference
from core.notices.unsubscribing import DIGEST, address_for
from tests.flow.conftest import School
from tests.flow.pages import shown
from tests.flow.people import STUDENT
from tests.flow.test_homework_published import mailbox
from tests.servers import Servers

WorkOff = Callable[[], int]


@pytest.fixture
def path(school: School) -> str:
    """The path of the link that ends STUDENT's mails about homework."""
    return path_of(address_for(school.user(STUDENT).pk, "homework"))


def path_of(address: str) -> str:
    return "/" + address.split("/", 3)[3]


def mail_to(servers: Servers, email: str) -> EmailMessage:
    (found,) = [each for each in mailbox(servers) if email in str(each["To"])]
    return found


def test_a_mail_carries_the_link_whole(school: School, work_off: WorkOff, servers: Servers) -> None:
    school.publish()
    work_off()
    mail = mail_to(servers, STUDENT)
    address = address_for(school.user(STUDENT).pk, "homework")
    assert mail["List-Unsubscribe"] == f"<{address}>"
    assert mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    for file in servers.stack.home.mailbox.glob("*.eml"):
        raw = file.read_bytes()
        if message_from_bytes(raw, policy=default)["To"] == mail["To"]:
            assert f"\nList-Unsubscribe: <{address}>".encode() in raw  # on one line, not encoded
    for part in ("plain", "html"):
        body = mail.get_body((part,))
        assert body
        assert address in body.get_content()


def test_to_look_ends_nothing_and_one_click_ends_the_mails(
    school: School, path: str, work_off: WorkOff
) -> None:
    client = Client(enforce_csrf_checks=True)
    for _scan in range(2):
        assert "Stop these mails?" in shown(client, path)
    assert not NoticePreference.objects.exists()

    answer = client.post(path, {"List-Unsubscribe": "One-Click"})
    assert answer.status_code == 200
    assert "no more of these mails" in answer.content.decode()
    school.publish()
    work_off()
    mail = Delivery.objects.get(handler="email.mail_class", key=str(school.user(STUDENT).pk))
    assert (mail.state, mail.detail) == ("skipped", "has unsubscribed by the link in a mail")
    assert EventRecord.objects.filter(kind="NoticePreferencesChanged").count() == 1


def undo(client: Client, answer: object) -> str:
    html = answer.content.decode()  # type: ignore[attr-defined]
    (address,) = re.findall(r'action="([^"]+/undo)"', html)
    (token,) = re.findall(r'name="undo" value="([^"]+)"', html)
    undone = client.post(address, {"undo": token})
    assert undone.status_code == 200
    return str(undone.content.decode())


def chosen() -> set[tuple[str, int | None, bool, bool]]:
    return set(NoticePreference.objects.values_list("kind", "student_id", "email", "digest"))


def test_it_can_be_undone(school: School, path: str) -> None:
    client = Client()
    assert "All is as it was" in undo(client, client.post(path))
    assert chosen() == set()
    client.post(path)
    undo(client, client.post(path))  # pressed twice
    assert chosen() == set()


def test_undoing_brings_back_what_was_chosen(school: School, path: str) -> None:
    student, child = school.user(STUDENT), school.user("student2@oakwood.example")
    common = {"person": student, "kind": "homework"}
    NoticePreference.objects.create(**common, digest=True)
    NoticePreference.objects.create(**common, student=child, email=False)
    before = chosen()
    client = Client()
    ended = client.post(path)
    assert not NoticePreference.objects.filter(email=True).exists()
    undo(client, ended)
    assert chosen() == before


def test_undoing_needs_the_token_of_a_form(school: School, path: str) -> None:
    client = Client(enforce_csrf_checks=True)
    client.post(path)
    assert client.post(f"{path}/undo", {"undo": "x"}).status_code == 403
    assert Client().post(f"{path}/undo", {"undo": "x"}).status_code == 404


def test_the_link_in_a_digest_ends_all_that_comes_in_it(school: School) -> None:
    student = school.user(STUDENT)
    for kind, digest in [("homework", True), ("grade", True), ("ticket", False)]:
        NoticePreference.objects.create(person=student, kind=kind, digest=digest)
    client = Client()
    ended = client.post(path_of(address_for(student.pk, DIGEST)))
    assert chosen() == {
        ("homework", None, False, False),
        ("grade", None, False, False),
        ("ticket", None, True, False),
    }
    undo(client, ended)
    assert ("homework", None, True, True) in chosen()


def test_what_is_mandatory_has_no_link(school: School) -> None:
    assert address_for(1, "account") == address_for(1, "custody") == address_for(1, "") == ""


@pytest.mark.parametrize(
    "change",
    [lambda path: path + "x", lambda path: path.replace(".", ""), lambda _: "/unsubscribe/x"],
)
def test_a_forged_link_leads_nowhere(
    school: School, path: str, change: Callable[[str], str]
) -> None:
    for answer in (Client().get(change(path)), Client().post(change(path))):
        assert answer.status_code == 404
    assert not NoticePreference.objects.exists()
