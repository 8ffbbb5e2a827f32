"""Threads that ask the database for the sockets, so that the event loop never waits for it."""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import ParamSpec, TypeVar

from django.db import DEFAULT_DB_ALIAS, close_old_connections, connections
from django.db.backends.base.base import BaseDatabaseWrapper

P = ParamSpec("P")
T = TypeVar("T")


class Desk:
    """A few threads, each with a connection of its own that stays open between questions.

    Channels' `database_sync_to_async` would put all sockets' questions into one thread.
    """

    def __init__(self, threads: int) -> None:
        self._threads = ThreadPoolExecutor(threads, thread_name_prefix="live-database")
        self._connections: set[BaseDatabaseWrapper] = set()

    async def ask(self, question: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """The answer of a function that asks the database."""
        work = partial(self._answer, partial(question, *args, **kwargs))
        return await asyncio.get_running_loop().run_in_executor(self._threads, work)

    async def close(self) -> None:
        """End the threads and close their connections."""
        await asyncio.to_thread(self._close)

    def _close(self) -> None:
        self._threads.shutdown()
        for each in self._connections:
            each.inc_thread_sharing()  # its own thread has ended
            each.close()

    def _answer(self, question: Callable[[], T]) -> T:
        close_old_connections()  # a connection that was cut would raise InterfaceError for ever
        self._connections.add(connections[DEFAULT_DB_ALIAS])
        return question()
