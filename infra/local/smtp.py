"""A mail server that catches: each mail becomes a file, a twin is dropped and noted."""

import argparse
import asyncio
import json
import signal
import sys
from collections.abc import Sequence
from datetime import UTC, datetime
from email.parser import BytesHeaderParser
from hashlib import sha256
from pathlib import Path
from uuid import uuid4

from aiosmtpd.smtp import SMTP, Envelope, Session

LARGEST_MAIL = 30 * 2**20
"""Bytes."""


class CatchingMailbox:
    """Keeps each mail once per recipient, as mail systems that drop twins do."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)

    async def handle_DATA(  # noqa: N802 - aiosmtpd's name
        self, _server: SMTP, _session: Session, envelope: Envelope
    ) -> str:
        try:
            for recipient in envelope.rcpt_tos:
                self.keep(envelope, recipient)
        except OSError as error:
            return f"452 mail not stored: {error.strerror}"
        return "250 OK"

    def keep(self, envelope: Envelope, recipient: str) -> None:
        content = envelope.original_content or b""
        message_id = _message_id(content)
        path = self.folder / f"{_name(message_id, recipient)}.eml"
        if path.exists():
            self._note_twin(message_id, recipient)
            return
        head = f"X-MailFrom: {envelope.mail_from}\r\nX-RcptTo: {recipient}\r\n"
        unfinished = path.with_name(f".{path.name}.{uuid4().hex}")
        unfinished.write_bytes(head.encode() + content)
        unfinished.rename(path)

    def _note_twin(self, message_id: str, recipient: str) -> None:
        at = datetime.now(UTC).isoformat()
        note = json.dumps({"message_id": message_id, "to": recipient, "at": at})
        with (self.folder / "twins.jsonl").open("a") as twins:
            twins.write(note + "\n")


def _message_id(content: bytes) -> str:
    return str(BytesHeaderParser().parsebytes(content).get("Message-ID", "")).strip()


def _name(message_id: str, recipient: str) -> str:
    if not message_id:
        return uuid4().hex
    return sha256(f"{message_id}\n{recipient.lower()}".encode()).hexdigest()


async def serve(host: str, port: int, mailbox: CatchingMailbox) -> None:
    loop = asyncio.get_running_loop()
    stop = asyncio.Event()
    for signum in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(signum, stop.set)
    server = await loop.create_server(
        lambda: SMTP(mailbox, data_size_limit=LARGEST_MAIL, enable_SMTPUTF8=True, loop=loop),
        host,
        port,
    )
    sys.stdout.write(f"catching mail on {host}:{port}\n")
    sys.stdout.flush()
    await stop.wait()
    server.close()


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(prog="python -m infra.local.smtp", description=__doc__)
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--mailbox", type=Path, required=True)
    chosen = parser.parse_args(arguments)
    asyncio.run(serve(chosen.host, chosen.port, CatchingMailbox(chosen.mailbox)))


if __name__ == "__main__":
    main()
