"""`python -m tasks worker` and `beat`: Celery's own commands, with Celery's own options.

`python -m celery` loads what all of its commands need before it looks which one is meant: Flower
with its web server, a shell. That is a tenth of what a worker takes to start.
"""

import sys
from typing import Final

from celery.bin.base import CLIContext
from kombu.utils.imports import symbol_by_name

from core.garbage import look_seldom
from tasks.app import app

COMMANDS: Final = {"worker": "celery.bin.worker:worker", "beat": "celery.bin.beat:beat"}


def main() -> None:
    """Run the named command until it is told to stop."""
    if len(sys.argv) == 1 or sys.argv[1] not in COMMANDS:
        sys.exit(f"Say which: {', '.join(COMMANDS)}.")
    name, *options = sys.argv[1:]
    look_seldom()
    context = CLIContext(app=app, no_color=False, workdir=None, quiet=True)
    symbol_by_name(COMMANDS[name]).main(options, prog_name=f"tasks {name}", obj=context)


if __name__ == "__main__":
    main()
