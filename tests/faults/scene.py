"""What a fault has in hand, and the moments it waits for."""

import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from random import Random
from typing import Any

import psycopg2
from redis import Redis

from tests import ledger
from tests.faults.clients import Teacher
from tests.faults.promises import Promises
from tests.faults.stack import CABLE, MOOD
from tests.servers import RunningStack, wait_for

MAILS_IN_HAND = """
SELECT count(*) FROM delivery WHERE handler = 'email.mail_class' AND key <> '' AND state = 'running'
"""


class BreachError(AssertionError):
    """A promise that was not kept."""


@dataclass
class Scene:
    """A running stack under load, and a seeded chance."""

    stack: RunningStack
    chance: Random
    promises: Promises
    name: str
    remark: str = ""  # what a fault has measured, for the drill's table

    def count(self, statement: str, *values: Any) -> int:
        """The number that a query of the database answers."""
        return int(ledger.ask(self.stack, statement, *values)[0][0])

    def await_count(self, statement: str, at_least: int, *, what: str, seconds: float = 30) -> None:
        wait_for(lambda: self.count(statement) >= at_least, seconds=seconds, what=what)

    def await_mails_in_hand(self) -> None:
        self.await_count(MAILS_IN_HAND, 1, what="mails in hand")

    def await_publications(self, more: int, *, seconds: float = 30) -> None:
        """Wait until clients were promised so many more publications."""
        wanted = self.promises.kept_count + more
        wait_for(
            lambda: self.promises.kept_count >= wanted,
            seconds=seconds,
            what=lambda: f"{wanted} publications, {self.promises.kept_count} were answered",
        )

    def redis(self, database: int = 0) -> "Redis":
        """A client of Redis itself, not through the cable."""
        return Redis.from_url(f"{self.stack.facts['redis_url']}/{database}", socket_timeout=5)

    @contextmanager
    def cable(self, mode: str) -> Iterator[None]:
        """The cable to Redis in this state for as long as the block takes."""
        with self._set(CABLE, mode, "whole"):
            yield

    @contextmanager
    def mood(self, mood: str) -> Iterator[None]:
        """The mail server in this mood for as long as the block takes."""
        with self._set(MOOD, mood, "kind"):
            yield

    @contextmanager
    def _set(self, name: str, value: str, normal: str) -> Iterator[None]:
        file = self.stack.home / name
        write_at_once(file, value)
        try:
            yield
        finally:
            write_at_once(file, normal)

    @contextmanager
    def locked(self, statement: str) -> Iterator[list[tuple[Any, ...]]]:
        """Hold what a statement locks for as long as the block takes; its rows, if it has any."""
        with (
            closing(psycopg2.connect(self.stack.facts["admin_database_url"])) as connection,
            connection.cursor() as cursor,
        ):
            cursor.execute(statement)
            yield cursor.fetchall() if cursor.description else []

    @contextmanager
    def teacher(self, centre: str = "oakwood") -> Iterator[Teacher]:
        """One more teacher, for what the fault itself publishes."""
        teacher = Teacher(self.stack.entrances, centre, self.promises)
        try:
            yield teacher
        finally:
            teacher.close()

    def last(self, seconds: float) -> None:
        """How long a fault lasts is part of the fault."""
        time.sleep(seconds)


def write_at_once(file: Any, text: str) -> None:
    """Whoever reads meanwhile sees the old text or the new one."""
    new = file.with_suffix(".new")
    new.write_text(text)
    new.replace(file)
