"""What the catching mail server caught."""

import re
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default

from tests.servers import Servers

LINK = re.compile(r"https?://[^/\s]+(/\S+)")


def mails_to(servers: Servers, address: str) -> list[EmailMessage]:
    """The mails to an address, oldest first."""
    files = sorted(servers.stack.home.mailbox.glob("*.eml"), key=lambda file: file.stat().st_mtime)
    mails = [message_from_bytes(file.read_bytes(), policy=default) for file in files]
    return [mail for mail in mails if mail["To"].addresses[0].addr_spec == address]


def text_of(mail: EmailMessage) -> str:
    """What a reader without HTML sees."""
    body = mail.get_body(("plain",))
    assert body
    return str(body.get_content())


def link_in(mail: EmailMessage) -> str:
    """The path of the first link in a mail."""
    found = LINK.search(text_of(mail))
    assert found
    return found[1]
