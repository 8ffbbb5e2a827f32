"""Why a backup cannot be made or restored."""

from typing import Final

import psycopg2

LONGEST: Final = 500  # characters of what is kept of a program's last words

# How it can be ended from outside, by the error's name: core knows no workers.
ENDED: Final = {
    "CancelledError": "It was cancelled.",
    "HandedBackError": "Its worker was stopped; another one makes it anew.",
    "LeaseLostError": "Another worker has it by now.",
    "TimeLimitError": "It took too long.",
    "SoftTimeLimitExceeded": "It took too long.",
    "KeyboardInterrupt": "It was stopped at the command line.",
}


class BackupError(Exception):
    """It cannot be made or restored; says why, without secrets."""


class BusyError(BackupError):
    """Another one is being made."""


def in_words(error: BaseException) -> str:
    """Why a backup came to nothing, as it may be kept: no secrets, nothing that people wrote."""
    if isinstance(error, BackupError):
        return str(error)
    if isinstance(error, OSError):
        return f"{error.strerror}: {error.filename}" if error.filename else str(error.strerror)
    if isinstance(error, psycopg2.Error):
        return (str(error).strip().splitlines() or [type(error).__name__])[0][:LONGEST]
    return ENDED.get(type(error).__name__, type(error).__name__)


def last_words(said: bytes) -> str:
    """The end of what a program said."""
    return "; ".join(said.decode(errors="replace").strip().splitlines()[-5:])[-LONGEST:]
