"""Pages as a browser without scripts gets and sends them."""

import re
from datetime import timedelta
from typing import Any

from django.test import Client

from core import clock
from core.homework.models import Homework
from tasks.drain import drain
from tasks.notices.homework import notify_class
from tests.flow.conftest import School
from tests.flow.people import TEACHER, client_of

STAFF = "staff@oakwood.example"
OPERATOR = "operator@schoolbell.example"
# What a strict content security policy would refuse.
INLINE = re.compile(
    r"<script(?![^>]*\bsrc=)|<style|\sstyle=|\son[a-z]+=|javascript:", re.IGNORECASE
)
TELLING = "Published. 30 students and 30 guardians are being told."


def shown(client: Client, path: str, **headers: str) -> str:
    """The HTML of a page that must be there, and keep the policy."""
    answer = client.get(path, headers=headers)
    assert answer.status_code == 200, answer.content
    return checked(answer)


def checked(answer: Any) -> str:
    """The HTML of an answer, which must keep the policy."""
    html: str = answer.content.decode()
    assert not INLINE.search(html)
    return html


def filled(**changed: str) -> dict[str, str]:
    """What the homework form sends."""
    due_at = f"{clock.now() + timedelta(days=7):%Y-%m-%dT%H:%M}"
    return {"title": "Fractions", "body": "Page 12.", "due_at": due_at, "then": "draft"} | changed


def write(school: School, client: Client | None = None, /, **changed: str) -> Any:
    """The answer to the sent form, after redirects."""
    path = f"/classes/{school.class_7a().pk}/homework/new"
    return (client or client_of(TEACHER)).post(path, filled(**changed), follow=True)


def tell_class(school: School, title: str = "Fractions", centre: str = "oakwood") -> Homework:
    homework = school.publish(title, centre)
    drain(notify_class)
    return homework
