"""The workers that have said that they are there, and what each of their processes is at."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from django.db import connection

from core.ops.roster import BELIEVED_FOR

# The first delivery in hand says which event the process works on.
PROCESSES: Final = """
SELECT mine.worker, pid, queues, seen_at, seen_at > now() - %s, doing, since, task_id, deliveries,
    event_id, job.id
FROM worker_process AS mine
    LEFT JOIN delivery ON delivery.id = deliveries[1]
    LEFT JOIN job ON job.delivery_id = deliveries[1]
ORDER BY mine.worker, pid
"""


@dataclass(frozen=True, slots=True)
class Process:
    """One process of a worker."""

    pid: int
    seen_at: datetime
    is_there: bool  # it has said so lately
    doing: str  # a handler's name; '' while it waits
    since: datetime | None
    task_id: str
    deliveries: list[int]
    event_id: UUID | None
    job_id: UUID | None


@dataclass(frozen=True, slots=True)
class Worker:
    """A worker with its processes."""

    name: str
    queues: list[str]
    processes: list[Process]

    @property
    def is_there(self) -> bool:
        """Whether any of its processes has said something lately."""
        return any(each.is_there for each in self.processes)

    @property
    def busy(self) -> int:
        """How many of its processes are at something."""
        return sum(bool(each.doing) for each in self.processes if each.is_there)


def workers() -> list[Worker]:
    """All of them by name, also those that fell silent within the last minutes."""
    wanted: list[Any] = [BELIEVED_FOR]
    with connection.cursor() as cursor:
        cursor.execute(PROCESSES, wanted)
        rows: list[tuple[Any, ...]] = cursor.fetchall()
    found: dict[str, Worker] = {}
    for name, pid, queues, *rest in rows:
        worker = found.setdefault(name, Worker(name, queues, []))
        worker.processes.append(Process(pid, *rest))
    return list(found.values())
