"""The development mailbox: reading caught mails, and its pages."""

import os
from collections.abc import Sequence
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.urls import path
from pytest_django import Settings

from core import urls
from core.mail import pages
from core.mail.mailbox import find_mail, list_mails

# These routes exist in development only, so the tests bring them.
urlpatterns = [
    *urls.urlpatterns,
    path("mailbox", pages.mailbox, name="mailbox"),
    path("mailbox/<str:mail_id>", pages.mail, name="mailbox-mail"),
    path("mailbox/<str:mail_id>/html", pages.mail_html, name="mailbox-mail-html"),
]
pytestmark = pytest.mark.urls(__name__)

OTHERS = ["nothing", "..%2Fsecret", "%2Fetc%2Fpasswd", ".b", "b.eml", "%2E%2E", "*"]


@pytest.fixture
def folder(tmp_path: Path, settings: Settings) -> Path:
    """The mailbox, beside a file that is no mail of it."""
    (tmp_path / "secret.eml").write_bytes(b"Subject: secret\n\nsecret")
    settings.MAILBOX_DIR = tmp_path / "mailbox"
    settings.MAILBOX_DIR.mkdir()
    return tmp_path / "mailbox"


def catch(folder: Path, name: str, at: int = 0, to: str = "a@x.example", **parts: str) -> Path:
    """A mail as the catching server keeps it, caught at a second."""
    message = EmailMessage()
    message["Subject"] = parts.get("subject", name)
    message["To"] = f"Someone <{to}>"
    message["Message-ID"] = f"<{name}@x.example>"
    message["X-Schoolbell-Event"] = "event-1"
    message.set_content(parts.get("text", "As text."))
    if "html" in parts:
        message.add_alternative(parts["html"], subtype="html")
    file = folder / f"{name}.eml"
    file.write_bytes(f"X-RcptTo: {to}\r\n".encode() + message.as_bytes())
    os.utime(file, (at, at))
    return file


def names(found: Sequence[Any]) -> list[str]:
    return [each.mail_id for each in found]


def test_newest_first(folder: Path) -> None:
    catch(folder, "b", at=20)
    catch(folder, "a", at=10)
    catch(folder, "c", at=30)
    assert names(list_mails(folder)) == ["c", "b", "a"]


def test_only_whole_mails_are_listed(folder: Path) -> None:
    catch(folder, "a")
    (folder / ".b.eml").write_bytes(b"half")
    (folder / ".b.eml.0123").write_bytes(b"half")
    (folder / "twins.jsonl").write_text("{}")
    assert names(list_mails(folder)) == ["a"]


def test_filtered_by_recipient(folder: Path) -> None:
    catch(folder, "a", to="Parent1@oakwood.example")
    catch(folder, "b", to="parent10@oakwood.example")
    assert names(list_mails(folder, to=" parent1@OAK ")) == ["a"]
    assert list_mails(folder, to="riverside") == []


def test_a_mail_with_its_alternatives(folder: Path) -> None:
    catch(folder, "a", subject="Grüße", text="Hallo, wörtlich", html="<p>Hallo</p>")
    mail = find_mail(folder, "a")
    assert mail is not None
    assert mail.head.subject == "Grüße"
    assert (mail.text.strip(), mail.html.strip()) == ("Hallo, wörtlich", "<p>Hallo</p>")
    assert ("Message-ID", "<a@x.example>") in mail.headers
    assert ("X-Schoolbell-Event", "event-1") in mail.headers


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"no headers at all",
        b"Content-Type: text/plain; charset=klingon\n\ngr\xfc\xdfe",
        b"\xff\xfe",
    ],
)
def test_a_strange_mail_can_be_looked_at(folder: Path, content: bytes) -> None:
    (folder / "a.eml").write_bytes(content)
    assert names(list_mails(folder)) == ["a"]
    assert Client().get("/mailbox").status_code == 200
    assert Client().get("/mailbox/a").status_code == 200


def test_the_page_of_a_mail(folder: Path) -> None:
    catch(folder, "a", html="<script>alert(1)</script><p>Hello</p>", text="See https://x.example/1")
    html = Client().get("/mailbox/a").content.decode()
    assert "&lt;a@x.example&gt;" in html
    assert 'sandbox="" src="/mailbox/a/html"' in html
    assert 'href="https://x.example/1"' in html
    assert "<script>alert" not in html


def test_the_html_of_a_mail_is_locked_up(folder: Path) -> None:
    catch(folder, "a", html="<p>Hello</p>")
    answer = Client().get("/mailbox/a/html")
    assert answer.content.strip() == b"<p>Hello</p>"
    assert answer.headers["Content-Security-Policy"].startswith("sandbox; default-src 'none'")
    assert answer.headers["X-Frame-Options"] == "SAMEORIGIN"


@pytest.mark.parametrize("mail_id", OTHERS)
@pytest.mark.parametrize("tail", ["", "/html"])
def test_what_is_not_listed_is_not_there(folder: Path, mail_id: str, tail: str) -> None:
    catch(folder, "b")
    (folder / ".b.eml").write_bytes(b"half")
    answer = Client().get(f"/mailbox/{mail_id}{tail}")
    assert answer.status_code == 404
    assert b"secret" not in answer.content


def test_no_mailbox_no_pages(settings: Settings) -> None:
    settings.MAILBOX_DIR = None
    assert Client().get("/mailbox").status_code == 404


def test_fifty_on_a_page(folder: Path) -> None:
    for number in range(51):
        catch(folder, f"m{number:02}", at=number, subject=f"Subject {number:02}")
    first = Client().get("/mailbox?to=x.example").content.decode()
    assert "Subject 50" in first
    assert "Subject 00" not in first
    assert 'href="?to=x.example&amp;page=2"' in first
    assert "Subject 00" in Client().get("/mailbox?to=x.example&page=2").content.decode()


def test_the_list_renews_itself_only_when_there_is_news(folder: Path) -> None:
    catch(folder, "a")
    asked = {"HX-Request": "true", "HX-Target": "mails"}
    part = Client().get("/mailbox", headers=asked).content.decode()
    assert "<html" not in part
    state = part.partition("state=")[2][:16]

    path_again = f"/mailbox?to=&page=1&state={state}"
    assert Client().get(path_again, headers=asked).status_code == 204
    catch(folder, "b")
    again = Client().get(path_again, headers=asked)
    assert (again.status_code, b"mail-b" in again.content) == (200, True)


def test_an_empty_mailbox_says_what_comes_next(folder: Path) -> None:
    assert b"No mail yet" in Client().get("/mailbox").content
    nobody = Client().get("/mailbox?to=<nobody>").content.decode()
    assert "No mail to “&lt;nobody&gt;”" in nobody
