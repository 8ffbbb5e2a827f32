"""A worker's metrics: its main process shows what those that work have counted."""

import os
import sys
from typing import Any, Final
from wsgiref.simple_server import WSGIServer

from billiard import current_process
from celery.signals import celeryd_init, worker_process_shutdown

from core.env import env
from core.metrics import process
from core.metrics.server import serve_metrics
from core.tracing import doors

NO_FOLDER: Final = "METRICS_PORT of a worker needs PROMETHEUS_MULTIPROC_DIR, a folder of its own.\n"

_shown: Final[list[WSGIServer]] = []


@celeryd_init.connect
def begin(**_: Any) -> None:
    """In the main process, before any other is forked."""
    if env().metrics_port and not process.FOLDER:
        sys.exit(NO_FOLDER)
    process.begin_anew()
    if server := serve_metrics():
        _shown.append(server)


def begin_process() -> None:
    """Count in the file of this process' place; one that comes after it goes on there."""
    place = getattr(current_process(), "index", None)
    process.take_place(str(os.getpid()) if place is None else str(place))
    for server in _shown:  # or the port would stay taken for as long as this process lives
        server.socket.close()


@worker_process_shutdown.connect
def send_spans(**_: Any) -> None:
    """What this process has traced."""
    doors.flush()
