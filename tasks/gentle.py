"""A worker that yields: whatever else wants the processor gets it first."""

import os
from contextlib import suppress
from pathlib import Path
from typing import Final

LEAST: Final = 19  # of nice
# Where Linux groups sessions (sched_autogroup_enabled), it shares processors between these first,
# and nice counts only within one. Each program of the embedded stack has a session of its own.
AUTOGROUP: Final = Path("/proc/self/autogroup")


def be_gentle() -> None:
    """Let everybody else go first, from now on; for this process, and for its session."""
    os.setpriority(os.PRIO_PROCESS, 0, LEAST)
    with suppress(OSError):  # there is no such file on other systems
        AUTOGROUP.write_text(str(LEAST))
