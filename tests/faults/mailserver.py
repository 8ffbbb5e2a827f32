"""The catching mail server with bad days: slow, refusing, or gone before its answer."""

import argparse
import asyncio
from contextlib import suppress
from pathlib import Path
from typing import Final

from aiosmtpd.smtp import SMTP, Envelope, Session

from infra.local.smtp import CatchingMailbox, serve

KIND: Final = "kind"
AWAY: Final = "away"
SLOW: Final = "slow"
BUSY: Final = "busy"
UNWILLING: Final = "unwilling"
CHOOSY: Final = "choosy"
HANGS_UP: Final = "hangs up"
SLOWNESS: Final = 3.0  # seconds for each mail; longer than the drill's lease
DISLIKED: Final = "parent"  # addresses that begin so are refused by a choosy server


class MoodyMailbox(CatchingMailbox):
    """Keeps mails as the catching server does, in the mood that a file names."""

    def __init__(self, folder: Path, mood_file: Path) -> None:
        super().__init__(folder)
        self._mood_file = mood_file

    async def handle_EHLO(  # noqa: N802 - aiosmtpd's name
        self,
        server: SMTP,
        session: Session,
        _envelope: Envelope,
        hostname: str,
        responses: list[str],
    ) -> list[str]:
        """Greet, or cut each connection as if nobody were there."""
        if self._mood() == AWAY:
            _cut(server)
        session.host_name = hostname
        return responses

    async def handle_RCPT(  # noqa: N802 - aiosmtpd's name
        self, _server: SMTP, _session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        """Refuse or take a recipient."""
        mood = self._mood()
        if mood == BUSY:
            return "451 try again later"
        if mood == UNWILLING or (mood == CHOOSY and address.startswith(DISLIKED)):
            return "550 no such mailbox"
        envelope.rcpt_tos.append(address)
        envelope.rcpt_options.extend(options)
        return "250 OK"

    async def handle_DATA(  # noqa: N802 - aiosmtpd's name
        self, server: SMTP, session: Session, envelope: Envelope
    ) -> str:
        """Keep the mail; the first time it comes, a server that hangs up does not say so."""
        mood = self._mood()
        if mood == SLOW:
            await asyncio.sleep(SLOWNESS)
        before = self._count() if mood == HANGS_UP else 0
        reply = await super().handle_DATA(server, session, envelope)
        if mood == HANGS_UP and self._count() > before:
            _cut(server)
        return reply

    def _count(self) -> int:
        return sum(1 for _ in self.folder.glob("*.eml"))

    def _mood(self) -> str:
        with suppress(FileNotFoundError):
            return self._mood_file.read_text()
        return KIND


def _cut(server: SMTP) -> None:
    transport = server.transport
    if isinstance(transport, asyncio.WriteTransport):
        transport.abort()


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.faults.mailserver")
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--mailbox", type=Path, required=True)
    parser.add_argument("--mood-file", type=Path, required=True)
    chosen = parser.parse_args()
    mailbox = MoodyMailbox(chosen.mailbox, chosen.mood_file)
    asyncio.run(serve("127.0.0.1", chosen.port, mailbox))


if __name__ == "__main__":
    main()
