"""Running PostgreSQL's own programs: they end with whoever runs them, and see what they need.

Passwords are in their environment, which only the same user can read, and never on a command line.
"""

import shutil
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO, Any, Final

from django.conf import settings

from core.backups.faults import BackupError, last_words

LOOK: Final = 0.2  # seconds between two looks whether to go on
PATIENCE: Final = 5  # seconds for a program that is told to end
CHUNK: Final = 2**18  # bytes

Login = tuple[str, str]  # user and password
Tick = Callable[[], object]  # called a few times a second; raises when it is to stop
Process = subprocess.Popen[bytes]


def program(name: str) -> str:
    """Where a program lies; BackupError when it lies nowhere."""
    found = shutil.which(name, path=settings.PG_BIN or None)
    if found is None:
        raise BackupError(f"There is no {name} here: install PostgreSQL's client, or set PG_BIN.")
    return found


def variables(login: Login, database: str, name: str) -> dict[str, str]:
    """The environment of a program that connects straight to PostgreSQL, under this name."""
    user, password = login
    return {
        "PGHOST": settings.DB_DIRECT_HOST,
        "PGPORT": str(settings.DB_DIRECT_PORT),
        "PGUSER": user,
        "PGPASSWORD": password,
        "PGDATABASE": database,
        "PGAPPNAME": name,
        "PGCONNECT_TIMEOUT": "10",
        "LC_ALL": "C",
    }


def run(*argv: str, env: dict[str, str], tick: Tick) -> None:
    """Run a program to its end; BackupError with its last words when it fails."""
    with started(*argv, env=env) as process:
        while not _has_ended(process):
            tick()


def output_of(*argv: str) -> Iterator[bytes]:
    """What a program writes, piece by piece; BackupError behind the last one when it has failed."""
    with started(*argv, env={"LC_ALL": "C"}, stdout=subprocess.PIPE) as process:
        while piece := _pipe(process.stdout).read(CHUNK):
            yield piece


def feed(pieces: Iterator[bytes], *argv: str, env: dict[str, str], tick: Tick) -> None:
    """Give a program its input; BackupError when it fails."""
    with started(*argv, env=env, stdin=subprocess.PIPE) as process:
        given = _pipe(process.stdin)
        try:
            for piece in pieces:
                given.write(piece)
                tick()
            given.close()
        except BrokenPipeError:  # it has failed; its own words are better
            process.wait(PATIENCE)


@contextmanager
def started(*argv: str, env: dict[str, str], **pipes: Any) -> Iterator[Process]:
    """A program that is waited for at the end of the block, or ended when the block fails."""
    with tempfile.TemporaryFile() as said:
        process = subprocess.Popen(argv, env=env, stderr=said, **{**NO_PIPES, **pipes})  # noqa: S603 - our own commands
        try:
            yield process
            code = process.wait()
        except BaseException:
            _end(process)
            raise
        finally:
            _close(process)
        if code:
            said.seek(0)
            raise BackupError(f"{Path(argv[0]).name} failed ({code}): {last_words(said.read())}")


NO_PIPES: Final = {"stdin": subprocess.DEVNULL, "stdout": subprocess.DEVNULL}


def _has_ended(process: Process) -> bool:
    try:
        process.wait(LOOK)
    except subprocess.TimeoutExpired:
        return False
    return True


def _end(process: Process) -> None:
    process.terminate()
    try:
        process.wait(PATIENCE)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def _close(process: Process) -> None:
    for pipe in (process.stdin, process.stdout):
        if pipe is not None:
            with suppress(BrokenPipeError):
                pipe.close()


def _pipe(pipe: IO[bytes] | None) -> IO[bytes]:
    if pipe is None:
        raise BackupError("A program was started without its pipe.")
    return pipe
