"""Renewing the leases of the batches in hand, from outside the working thread."""

import logging
import os
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import timedelta
from functools import cache
from typing import Any

from django.conf import settings
from django.db import DatabaseError, InterfaceError, connection

from core.events import claims
from core.events.claims import Claimed

logger = logging.getLogger(__name__)


class LeaseLostError(Exception):
    """Another worker has it by now. Let it pass, and touch nothing any more."""


def lease() -> timedelta:
    """How long a claim holds without a renewal; recovery after a killed worker takes as long."""
    return timedelta(seconds=settings.DELIVERY_LEASE)


class Keeper:
    """One thread for the process: one per batch would cost more, and could fail to start."""

    def __init__(self) -> None:
        self._held: dict[int, Sequence[Claimed[Any]]] = {}
        self._lock = threading.Lock()
        self._renewing = threading.Lock()  # held while it may be at the database
        threading.Thread(target=self._run, name="lease", daemon=True).start()

    def hold(self, batch: Sequence[Claimed[Any]]) -> None:
        """Renew the batch's lease every third of it, from now on."""
        with self._lock:
            self._held[id(batch)] = batch

    def release(self, batch: Sequence[Claimed[Any]]) -> None:
        """Renew it no more."""
        with self._lock:
            del self._held[id(batch)]

    def in_hand(self) -> list[Claimed[Any]]:
        """What this process holds at this moment."""
        with self._lock:
            return [each for batch in self._held.values() for each in batch]

    def _run(self) -> None:
        pause = threading.Event()
        while True:  # by the clock: to wake it for each batch would hold up the work
            pause.wait(lease().total_seconds() / 3)
            with self._renewing:
                if held := self.in_hand():
                    _renew(held)


def _renew(held: Sequence[Claimed[Any]]) -> None:
    try:
        claims.renew(held, lease())
    except (DatabaseError, InterfaceError) as error:
        logger.warning("Could not renew the lease of %d deliveries: %s", len(held), error)
    finally:
        connection.close()


@cache
def keeper() -> Keeper:
    """This process's keeper; a worker process starts it before its first task."""
    return Keeper()


os.register_at_fork(after_in_child=keeper.cache_clear)  # threads do not survive it


@contextmanager
def kept(batch: Sequence[Claimed[Any]]) -> Iterator[None]:
    """Hold the batch for as long as the block takes. A killed or frozen worker renews nothing."""
    keeper().hold(batch)
    try:
        yield
    finally:
        keeper().release(batch)
