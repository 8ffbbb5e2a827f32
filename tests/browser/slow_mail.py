"""A stack that nobody works for yet: web, relay and beat, and a mail server that takes its time.

So what a worker does in a second hangs on the mail server, and not on what else the machine does.
"""

import argparse
import asyncio
import sys
from dataclasses import replace
from pathlib import Path
from typing import Final

from aiosmtpd.smtp import SMTP, Envelope, Session

from infra.local.ports import HOST
from infra.local.postgres import postgres_program
from infra.local.probes import answers
from infra.local.program import Program
from infra.local.programs import Plan, beat, python, relay, steps, watched, web
from infra.local.redis import redis_program
from infra.local.run import run_stack
from infra.local.smtp import CatchingMailbox, serve
from infra.local.stack import Stack

TAKES: Final = 0.2  # seconds for each mail


class SlowMailbox(CatchingMailbox):
    """Keeps mails as the catching server does, after a while."""

    async def handle_DATA(  # noqa: N802 - aiosmtpd's name
        self, server: SMTP, session: Session, envelope: Envelope
    ) -> str:
        await asyncio.sleep(TAKES)
        return await super().handle_DATA(server, session, envelope)


def slow_servers(stack: Stack) -> list[Program]:
    return [postgres_program(stack), redis_program(stack), mail_program(stack)]


def mail_program(stack: Stack) -> Program:
    port = stack.ports.smtp
    options = ("--port", str(port), "--mailbox", str(stack.home.mailbox))
    program = python("smtp", ("-m", "tests.browser.slow_mail", *options), stack.bare_environment())
    return replace(program, ready=answers(port, greeting=b"220"), address=f"{HOST}:{port}")


def programs(stack: Stack) -> list[Program]:
    return [watched(stack, make(stack, "")) for make in (web, relay, beat)]


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.browser.slow_mail")
    parser.add_argument("--port", type=int)
    parser.add_argument("--mailbox", type=Path)
    chosen = parser.parse_args()
    if chosen.port:
        asyncio.run(serve(HOST, chosen.port, SlowMailbox(chosen.mailbox)))
        return 0
    return run_stack(Plan(slow_servers, steps, programs))


if __name__ == "__main__":
    sys.exit(main())
