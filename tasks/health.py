"""Whether the worker still listens: `python -m tasks.health`, for a container's health check.

The worker touches ALIVE_FILE for as long as it listens (`tasks/alive.py`), also while it cannot
reach Redis: to start it anew would not help. A worker that listens and does not work off is found
by its canaries (`/readyz`), not here: it may as well be busy.
"""

import sys
import time
from pathlib import Path
from typing import Final

from core.env import env

PATIENCE: Final = 15.0  # seconds


def is_alive(file: Path) -> bool:
    """Whether the file was touched within the last seconds."""
    try:
        return time.time() - file.stat().st_mtime < PATIENCE
    except FileNotFoundError:
        return False


def main() -> int:
    """The exit code: 1 for a worker that should be started anew."""
    file = env().alive_file
    if file is None:
        sys.stderr.write("ALIVE_FILE is not set: nobody can know.\n")
        return 2
    return 0 if is_alive(file) else 1


if __name__ == "__main__":
    sys.exit(main())
