"""Whether a worker still listens: `python -m tasks.health [NAME]`, for a container's health check.

It asks the worker's main process, by way of Redis. While Redis is away it says yes: to start the
worker anew would not help. A worker that listens and does not work off is found by its canaries
(`/readyz`), not here: it may as well be busy.
"""

import socket
import sys
from typing import Final

from redis import RedisError

from core.events.nudge import broker
from tasks.app import app

PATIENCE: Final = 5.0  # seconds


def default_name() -> str:
    """This host's worker, as the embedded stack and the containers name it."""
    return f"worker@{socket.gethostname()}"


def listens(name: str) -> bool:
    """Whether the worker answers, or cannot be asked."""
    try:
        with broker() as redis:
            redis.ping()
    except RedisError:
        return True
    return bool(app.control.inspect(destination=[name], timeout=PATIENCE, limit=1).ping())


def main(arguments: list[str]) -> int:
    """The exit code: 1 for a worker that should be started anew."""
    (name,) = arguments or [default_name()]
    return 0 if listens(name) else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
