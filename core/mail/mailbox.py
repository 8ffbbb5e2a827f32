"""The mails that the catching mail server kept as files. Development only."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from email import policy
from email.message import EmailMessage
from email.parser import BytesHeaderParser, BytesParser
from functools import lru_cache
from pathlib import Path
from typing import Final

KEPT_IN_MEMORY: Final = 20_000  # heads of mails; a file never changes once it has its name
SHOWN_HEADERS: Final = ("From", "To", "Subject", "Date", "Message-ID")
OWN_PREFIX: Final = "X-Schoolbell-"


@dataclass(frozen=True, slots=True)
class MailHead:
    """A mail as a line of the list."""

    mail_id: str  # the file's stem
    recipient: str
    subject: str
    caught_at: datetime


@dataclass(frozen=True, slots=True)
class WholeMail:
    """A mail with its headers, alternatives and the names of its attachments."""

    head: MailHead
    headers: tuple[tuple[str, str], ...]
    text: str
    html: str
    attachments: tuple[str, ...]


def list_mails(folder: Path, *, to: str = "") -> list[MailHead]:
    """Mails newest first; with `to`, those whose recipient contains it."""
    wanted = to.strip().lower()
    heads = (_head(path, caught) for caught, path in _files(folder))
    return [head for head in heads if wanted in head.recipient.lower()]


def find_mail(folder: Path, mail_id: str) -> WholeMail | None:
    """The mail of a listed file; whatever is not listed does not exist."""
    for caught, path in _files(folder):
        if path.stem == mail_id:
            return _read(path, _head(path, caught))
    return None


def _files(folder: Path) -> Iterator[tuple[float, Path]]:
    """Files with the time of their writing, newest first; unfinished ones are hidden."""
    found = [path for path in folder.glob("*.eml") if not path.name.startswith(".")]
    yield from sorted(((path.stat().st_mtime, path) for path in found), reverse=True)


@lru_cache(maxsize=KEPT_IN_MEMORY)
def _head(path: Path, caught: float) -> MailHead:
    with path.open("rb") as file:
        message = BytesHeaderParser(policy=policy.default).parse(file)
    return MailHead(
        mail_id=path.stem,
        recipient=str(message["X-RcptTo"] or message["To"] or ""),
        subject=str(message["Subject"] or ""),
        caught_at=datetime.fromtimestamp(caught, UTC),
    )


def _read(path: Path, head: MailHead) -> WholeMail:
    message = BytesParser(_class=EmailMessage, policy=policy.default).parsebytes(path.read_bytes())
    names = [*SHOWN_HEADERS, *(name for name in message if name.startswith(OWN_PREFIX))]
    return WholeMail(
        head=head,
        headers=tuple((name, str(message[name])) for name in names if message[name]),
        text=_alternative(message, "plain"),
        html=_alternative(message, "html"),
        attachments=tuple(
            part.get_filename() or part.get_content_type() for part in message.iter_attachments()
        ),
    )


def _alternative(message: EmailMessage, kind: str) -> str:
    part = message.get_body((kind,))
    if part is None:
        return ""
    try:
        return str(part.get_content())
    except LookupError:  # a character set that Python does not know
        content = part.get_payload(decode=True)
        return content.decode("utf-8", "replace") if isinstance(content, bytes) else ""
