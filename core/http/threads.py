"""Threads that answer requests, each with a connection to PostgreSQL that outlives the request.

Under ASGI Django gives each request a thread of its own, and so a new connection: a login, and a
backend of PostgreSQL that has yet to read up on every table it is asked about.
"""

from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any, Final

from asgiref.sync import ThreadSensitiveContext
from django.db import connections

KEPT: Final = 8  # threads of a web process that wait for the next request; further ones end

Application = Callable[[Any, Any, Any], Awaitable[None]]


class RequestThreads:
    """An application, each of whose requests has a thread for itself, as Django wants it."""

    def __init__(self, application: Application) -> None:
        self._application = application
        self._at_rest: list[ThreadPoolExecutor] = []
        self._kept = KEPT

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """Answer a request."""
        # The last one that came to rest is the next, so no more are in use than there must be.
        thread = self._at_rest.pop() if self._at_rest else ThreadPoolExecutor(1, "request")
        try:
            async with ThreadSensitiveContext(executor=thread):
                await self._application(scope, receive, send)
        finally:
            # In its turn: a view goes on when its client has left.
            thread.submit(self._rest, thread)

    def close(self) -> None:
        """End the threads and their connections: now, or when they have answered."""
        self._kept = 0
        while self._at_rest:
            end(self._at_rest.pop())

    def _rest(self, thread: ThreadPoolExecutor) -> None:
        if len(self._at_rest) < self._kept:
            self._at_rest.append(thread)
        else:
            end(thread)


def end(thread: ThreadPoolExecutor) -> None:
    """Have a thread end once it has closed its connections."""
    thread.submit(connections.close_all)
    thread.shutdown(wait=False)
