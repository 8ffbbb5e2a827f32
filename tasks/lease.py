"""Renewing the lease of the batch in hand, from outside the working thread."""

import logging
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.db import DatabaseError, connection

from core.events import claims
from core.events.claims import Claimed

logger = logging.getLogger(__name__)


def lease() -> timedelta:
    """How long a claim holds without a renewal; recovery after a killed worker takes as long."""
    return timedelta(seconds=settings.DELIVERY_LEASE)


@contextmanager
def kept(batch: Sequence[Claimed[Any]]) -> Iterator[None]:
    """Hold the batch for as long as the block takes.

    The first renewal comes after a third of the lease, so a short batch never causes one. A killed
    or frozen worker renews nothing: its lease runs out.
    """
    over = threading.Event()
    threading.Thread(target=_renew_until, args=(over, batch), name="lease", daemon=True).start()
    try:
        yield
    finally:
        over.set()


def _renew_until(over: threading.Event, batch: Sequence[Claimed[Any]]) -> None:
    third = lease().total_seconds() / 3
    while not over.wait(third):
        try:
            claims.renew(batch, lease())
        except DatabaseError as error:
            logger.warning("Could not renew the lease of %d deliveries: %s", len(batch), error)
        finally:
            connection.close()
