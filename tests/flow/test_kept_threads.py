"""Requests are answered by threads that keep their connection to PostgreSQL."""

import asyncio
import os
import socket
from collections.abc import Callable, Iterator
from threading import Barrier, get_ident
from threading import Event as Signal
from typing import Any

import pytest
from asgiref.sync import sync_to_async
from django.core.signals import request_finished
from django.db import connection

from core.http.threads import KEPT, RequestThreads
from tests.servers import wait_for

pytestmark = pytest.mark.django_db(transaction=True)
Answer = tuple[int, int]
View = Callable[[], Answer]


def thread_and_backend() -> Answer:
    """Who answers: a thread here, and a process of PostgreSQL."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        (pid,) = cursor.fetchone()
    return get_ident(), pid


async def django(view: View, _receive: object, send: Callable[[Answer], Any]) -> None:
    """What Django does for a request."""
    send(await sync_to_async(view)())
    await sync_to_async(request_finished.send)(sender=None)


@pytest.fixture
def application() -> Iterator[RequestThreads]:
    application, before = RequestThreads(django), backends()
    yield application
    application.close()
    wait_for(lambda: backends() == before, what="the end of its connections")


def backends() -> int:
    """How many connections there are."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()")
        (count,) = cursor.fetchone()
    return int(count)


async def ask(application: Any, *views: View) -> list[Answer]:
    """Several requests at once; who answered them."""
    answers: list[Answer] = []
    await asyncio.gather(*(application(view, None, answers.append) for view in views))
    return answers


def test_one_after_the_other_is_answered_on_a_kept_connection(application: RequestThreads) -> None:
    async def ten() -> set[Answer]:
        return {(await ask(application, thread_and_backend))[0] for _ in range(10)}

    # One may ask before the thread that has just answered is at rest.
    assert len(asyncio.run(ten())) <= 2


def test_of_many_at_once_some_are_kept(application: RequestThreads) -> None:
    before, many = backends(), KEPT + 4
    together = Barrier(many)

    def view() -> Answer:
        together.wait(10)
        return thread_and_backend()

    answers = asyncio.run(ask(application, *[view] * many))
    assert len(set(answers)) == many
    wait_for(lambda: backends() == before + KEPT, what="the end of the others")


def test_a_view_whose_client_has_left_holds_up_nobody(application: RequestThreads) -> None:
    left, over = Signal(), list[Answer]()

    def slow() -> Answer:
        left.wait(10)
        over.append(answer := thread_and_backend())
        return answer

    async def leave() -> Answer:
        request = asyncio.create_task(application(slow, None, over.append))
        await asyncio.sleep(0)
        request.cancel()
        await asyncio.wait([request])
        (answer,) = await ask(application, thread_and_backend)
        left.set()
        return answer

    answer = asyncio.run(asyncio.wait_for(leave(), 5))
    wait_for(lambda: len(over) == 1, what="the view's end")
    assert over != [answer]


def test_a_connection_that_was_cut_is_replaced(application: RequestThreads) -> None:
    ((thread, backend),) = asyncio.run(ask(application, thread_and_backend))
    cut(backend)
    ((again, another),) = asyncio.run(ask(application, thread_and_backend))
    assert thread == again
    assert backend != another


def cut(backend: int) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_terminate_backend(%s, 5000)", [backend])


def test_one_whose_other_end_is_silently_gone_is_given_up() -> None:
    """The limits are the kernel's: it is asked whether it was told."""
    with (
        connection.cursor() as cursor,
        socket.socket(fileno=os.dup(cursor.connection.fileno())) as own,
    ):
        silence = own.getsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT)
        idle = own.getsockopt(socket.IPPROTO_TCP, socket.TCP_KEEPIDLE)
    assert 0 < silence <= 10_000
    assert 0 < idle <= 10
