"""The catching mail server keeps what it gets, once."""

import json
import smtplib
from pathlib import Path

import pytest

from tests.servers import RunningStack

MAIL = b"Message-ID: <one@schoolbell.example>\r\nSubject: Homework\r\n\r\nRead it.\r\n"


@pytest.fixture
def box(stack: RunningStack) -> Path:
    folder = Path(stack.facts["mailbox_dir"])
    for path in folder.iterdir():
        path.unlink()
    return folder


def test_each_recipient_has_a_file_with_the_mail_as_it_was(stack: RunningStack, box: Path) -> None:
    _send(stack, ["a@oakwood.example", "b@oakwood.example"], MAIL)

    mails = sorted(path.read_bytes() for path in box.glob("*.eml"))

    head = b"X-MailFrom: bell@schoolbell.example\r\nX-RcptTo: %s@oakwood.example\r\n"
    assert mails == [head % b"a" + MAIL, head % b"b" + MAIL]


def test_a_twin_is_dropped_and_noted(stack: RunningStack, box: Path) -> None:
    _send(stack, ["a@oakwood.example"], MAIL)
    _send(stack, ["A@oakwood.example", "b@oakwood.example"], MAIL)

    assert len(list(box.glob("*.eml"))) == 2
    twins = [json.loads(line) for line in (box / "twins.jsonl").read_text().splitlines()]
    assert [(twin["message_id"], twin["to"]) for twin in twins] == [
        ("<one@schoolbell.example>", "A@oakwood.example")
    ]


def test_mails_without_an_id_are_never_twins(stack: RunningStack, box: Path) -> None:
    for _ in range(2):
        _send(stack, ["a@oakwood.example"], b"Subject: Homework\r\n\r\nRead it.\r\n")

    assert len(list(box.glob("*.eml"))) == 2


def _send(stack: RunningStack, recipients: list[str], mail: bytes) -> None:
    address = stack.facts["smtp"]
    with smtplib.SMTP(address["host"], address["port"]) as client:
        client.sendmail("bell@schoolbell.example", recipients, mail)
