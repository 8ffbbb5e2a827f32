"""The directory of one stack: its paths, its lock and whether it can be used at all."""

import fcntl
import json
import os
import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from infra.local.problem import ProblemError

LONGEST_PATH = 800
"""Bytes; PostgreSQL allows paths of 1,023 and adds names of its own."""
ROOM_NEW = 150 * 2**20
ROOM_OLD = 32 * 2**20
STOPPING_SECONDS = 16.0


@dataclass(frozen=True)
class Home:
    """Where one stack keeps everything it has."""

    root: Path

    @property
    def postgres(self) -> Path:
        return self.root / "postgres"

    @property
    def redis(self) -> Path:
        return self.root / "redis"

    @property
    def mailbox(self) -> Path:
        return self.root / "mailbox"

    @property
    def media(self) -> Path:
        return self.root / "media"

    @property
    def backups(self) -> Path:
        return self.root / "backups"

    @property
    def incoming(self) -> Path:
        return self.media / "incoming"

    @property
    def run(self) -> Path:
        return self.root / "run"

    @property
    def stack_file(self) -> Path:
        return self.root / "stack.json"

    @property
    def secrets_file(self) -> Path:
        return self.root / "secrets.json"

    @property
    def lock_file(self) -> Path:
        return self.root / "lock"

    def log(self, name: str) -> Path:
        return self.root / "log" / f"{name}.log"


def prepare_home(root: Path) -> Home:
    """Make the directories, or say why they cannot be made."""
    home = Home(root.expanduser().absolute())
    if len(os.fsencode(home.root)) > LONGEST_PATH:
        message = f"the path in SCHOOLBELL_HOME is longer than {LONGEST_PATH} bytes."
        raise ProblemError(message)
    try:
        for folder in (
            home.root,
            home.redis,
            home.mailbox,
            home.incoming,
            home.backups,
            home.run,
            home.root / "log",
        ):
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        _check_room(home)
    except OSError as error:
        message = f"SCHOOLBELL_HOME={home.root} cannot be used: {error.strerror}."
        raise ProblemError(message) from error
    return home


def _check_room(home: Home) -> None:
    needed = ROOM_OLD if home.postgres.exists() else ROOM_NEW
    free = shutil.disk_usage(home.root).free
    if free < needed:
        message = (
            f"the disk of {home.root} has {free // 2**20} MB left; "
            f"Schoolbell needs {needed // 2**20} MB."
        )
        raise ProblemError(message)
    probe = home.root / ".write-probe"
    probe.write_bytes(b"x" * 4096)
    probe.unlink()


def write_private(path: Path, text: str) -> None:
    """Replace a file at once by one that only its owner reads."""
    new = path.with_name(path.name + ".new")
    new.unlink(missing_ok=True)
    with os.fdopen(os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    new.replace(path)


class HomeLock:
    """Held as long as the supervisor lives; the kernel lets go of it when the supervisor dies."""

    def __init__(self, home: Home) -> None:
        self._file = home.lock_file.open("a+")

    def take(self) -> bool:
        try:
            fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True

    def note(self, *, where: str, stopping: bool = False) -> None:
        """Tell a second start who holds the home; a full disk must not keep the stack from it."""
        with suppress(OSError):
            self._file.seek(0)
            self._file.truncate()
            json.dump({"pid": os.getpid(), "where": where, "stopping": stopping}, self._file)
            self._file.flush()

    def holder(self) -> tuple[int, str, bool]:
        self._file.seek(0)
        try:
            noted = json.loads(self._file.read())
        except ValueError:
            return 0, "", False
        return int(noted["pid"]), str(noted["where"]), bool(noted["stopping"])

    def release(self) -> None:
        self._file.close()


@contextmanager
def locked(home: Home) -> Iterator[HomeLock]:
    """Hold the home; one that is just being stopped is waited for, any other holder is named."""
    lock = HomeLock(home)
    try:
        _take_or_refuse(home, lock)
        yield lock
    finally:
        lock.release()


def _take_or_refuse(home: Home, lock: HomeLock) -> None:
    deadline = time.monotonic() + STOPPING_SECONDS
    while not lock.take():
        pid, where, stopping = lock.holder()
        if not stopping or time.monotonic() > deadline:
            place = f"at {where}" if where else "and is starting"
            message = (
                f"it already runs in {home.root} {place} (pid {pid}). "
                "Stop that one first, or choose another SCHOOLBELL_HOME."
            )
            raise ProblemError(message)
        time.sleep(0.1)
    lock.note(where="")
