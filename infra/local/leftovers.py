"""Processes that a killed supervisor left behind: noted while they run, ended at the next start."""

import json
import os
import signal
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import psutil

from infra.local.home import Home, write_private

STOP_SECONDS = 3.0
KILL_SECONDS = 1.0
LOOK_SECONDS = 0.02


def record_process(home: Home, name: str, pid: int) -> None:
    # On a full disk the program still runs; only its leftovers would have no note.
    with suppress(psutil.NoSuchProcess, OSError):
        created = psutil.Process(pid).create_time()
        write_private(home.run / f"{name}.json", json.dumps({"pid": pid, "created": created}))


def forget_process(home: Home, name: str) -> None:
    (home.run / f"{name}.json").unlink(missing_ok=True)


def end_leftovers(home: Home) -> list[str]:
    """End what still runs of an earlier start; returns the names noted as running."""
    notes = sorted(home.run.glob("*.json"))
    processes = [process for note in notes for process in _left_of(home, note)]
    _end(processes)
    end_backends(home.postgres)
    for note in notes:
        note.unlink(missing_ok=True)
    for path in (home.stack_file, *home.run.glob("*.new")):
        path.unlink(missing_ok=True)
    return [note.stem for note in notes]


def end_backends(data: Path) -> None:
    """Kill what a dead PostgreSQL left at work on the data: its backends leave its group."""
    if data.exists():
        _kill([each for each in psutil.process_iter(["name"]) if _is_backend(each, data)])


def _left_of(home: Home, note: Path) -> Iterator[psutil.Process]:
    """The noted process if it is still the same one, and what belongs to its group."""
    try:
        noted = json.loads(note.read_text())
        pid, created = int(noted["pid"]), float(noted["created"])
    except (ValueError, KeyError, TypeError):
        return
    if psutil.pid_exists(pid) and not _is_same(pid, created):
        return
    for process in psutil.process_iter():
        with suppress(psutil.Error, ProcessLookupError):
            if os.getpgid(process.pid) == pid and _is_ours(home, process, created):
                yield process


def _is_same(pid: int, created: float) -> bool:
    with suppress(psutil.NoSuchProcess):
        return abs(psutil.Process(pid).create_time() - created) < 1
    return False


def _is_ours(home: Home, process: psutil.Process, created: float) -> bool:
    """A leader is known by its time; once it is gone, its number may be another's."""
    if _is_same(process.pid, created):
        return True
    return process.environ().get("SCHOOLBELL_HOME") == str(home.root) or _works_in(
        process, home.root
    )


def _works_in(process: psutil.Process, folder: Path) -> bool:
    try:
        return Path(process.cwd()).is_relative_to(folder.resolve())
    except psutil.Error:
        return False


def _is_backend(process: psutil.Process, data: Path) -> bool:
    return process.info["name"] == "postgres" and _works_in(process, data)


def _end(processes: list[psutil.Process]) -> None:
    for process in processes:
        with suppress(psutil.NoSuchProcess):
            fast = process.name() == "postgres"  # SIGTERM would wait for its clients
            process.send_signal(signal.SIGINT if fast else signal.SIGTERM)
            process.send_signal(signal.SIGCONT)
    _kill(_late(processes, STOP_SECONDS))


def _kill(processes: list[psutil.Process]) -> None:
    for process in processes:
        with suppress(psutil.NoSuchProcess):
            process.kill()
    _late(processes, KILL_SECONDS)


def _late(processes: list[psutil.Process], seconds: float) -> list[psutil.Process]:
    """Those that still run after so long."""
    deadline = time.monotonic() + seconds
    while (late := [each for each in processes if runs(each)]) and time.monotonic() < deadline:
        time.sleep(LOOK_SECONDS)
    return late


def runs(process: psutil.Process) -> bool:
    """An orphan that has ended stays a zombie until the system's first process looks after it."""
    try:
        return process.is_running() and process.status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False
