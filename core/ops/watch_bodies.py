"""What is told of workers, schedules, samples, forecasts and faults."""

from datetime import datetime
from typing import Annotated, Self
from uuid import UUID

from pydantic import Field

from core.http.bodies import Id, Told
from core.ops.models import DrainForecast, Fault, FaultKind, ForecastEnd, Sample
from core.ops.schedules import ScheduleSeen
from core.ops.workers import Process, Worker


class ProcessTold(Told):
    """A process of a worker, and what it was at when it last spoke."""

    pid: int
    seen_at: datetime
    is_there: Annotated[bool, Field(description="it has said so within 12 s")]
    doing: Annotated[str, Field(description="a handler; empty while it waits")]
    since: datetime | None
    task_id: Annotated[str, Field(description="Flower's name for what it does")]
    deliveries: Annotated[list[Id], Field(description="what it has in hand")]
    event_id: Annotated[UUID | None, Field(description="which the first of them follows")]
    job_id: UUID | None

    @classmethod
    def of(cls, process: Process) -> Self:
        """The process in words."""
        return cls(
            pid=process.pid,
            seen_at=process.seen_at,
            is_there=process.is_there,
            doing=process.doing,
            since=process.since,
            task_id=process.task_id,
            deliveries=[str(each) for each in process.deliveries],
            event_id=process.event_id,
            job_id=process.job_id,
        )


class WorkerTold(Told):
    """A worker that serves some queues."""

    worker: str
    queues: list[str]
    is_there: bool
    processes: list[ProcessTold]

    @classmethod
    def of(cls, worker: Worker) -> Self:
        """The worker in words."""
        return cls(
            worker=worker.name,
            queues=worker.queues,
            is_there=worker.is_there,
            processes=[ProcessTold.of(each) for each in worker.processes],
        )


class ScheduleTold(Told):
    """Something that happens by the clock."""

    schedule: str
    crontab: Annotated[str, Field(description="minute, hour, day, month, day of the week")]
    timezone: str
    enabled: bool
    next_at: Annotated[datetime | None, Field(description="null: it is off, or no beat has run")]
    is_late: Annotated[bool, Field(description="its time has passed, and no beat has fired it")]
    last_slot_at: datetime | None
    last_fired_at: datetime | None
    last_by: Annotated[Id | None, Field(description="who fired it by hand; null: the clock")]

    @classmethod
    def of(cls, seen: ScheduleSeen) -> Self:
        """The schedule in words."""
        return cls(
            schedule=seen.name,
            crontab=seen.crontab,
            timezone=seen.timezone,
            enabled=seen.enabled,
            next_at=seen.next_at,
            is_late=bool(seen.is_late),
            last_slot_at=seen.last_slot_at,
            last_fired_at=seen.last_fired_at,
            last_by=None if seen.last_by is None else str(seen.last_by),
        )


class ScheduleRun(Told):
    """A schedule was fired by hand."""

    schedule: str
    slot_at: Annotated[datetime, Field(description="the slot of its own that it got")]


class SampleTold(Told):
    """How a queue stood at a moment."""

    at: datetime
    queue: str
    depth: Annotated[int, Field(description="deliveries that waited")]
    due: Annotated[int, Field(description="of those, that could have run")]
    running: int
    oldest_age_seconds: float | None
    done: Annotated[int, Field(description="in the `seconds` before")]
    seconds: float
    workers: int
    processes: int

    @classmethod
    def of(cls, row: Sample) -> Self:
        """The sample in words."""
        return cls(
            at=row.at,
            queue=row.queue,
            depth=row.depth,
            due=row.due,
            running=row.running,
            oldest_age_seconds=row.oldest_age,
            done=row.done,
            seconds=row.seconds,
            workers=row.workers,
            processes=row.processes,
        )


class ForecastTold(Told):
    """What was predicted of a backlog, and what became of it."""

    id: Id
    queue: str
    made_at: datetime
    workers: int
    processes: int
    due: Annotated[int, Field(description="deliveries that could run then")]
    per_second: Annotated[float, Field(description="what was believed to be done")]
    predicted_seconds: float
    is_measured: Annotated[
        bool, Field(description="so many processes had been seen at work before")
    ]
    corrected_at: datetime | None
    corrected_seconds: Annotated[
        float | None, Field(description="in all, as said once they had been seen at work")
    ]
    outcome: Annotated[ForecastEnd, Field(description="empty while it is open")]
    ended_at: datetime | None
    actual_seconds: Annotated[float | None, Field(description="of one that drained")]

    @classmethod
    def of(cls, row: DrainForecast) -> Self:
        """The forecast in words."""
        return cls(
            id=str(row.pk),
            queue=row.queue,
            made_at=row.made_at,
            workers=row.workers,
            processes=row.processes,
            due=row.due,
            per_second=row.per_second,
            predicted_seconds=row.predicted_seconds,
            is_measured=row.is_measured,
            corrected_at=row.corrected_at,
            corrected_seconds=row.corrected_seconds,
            outcome=ForecastEnd(row.outcome),
            ended_at=row.ended_at,
            actual_seconds=row.actual_seconds,
        )


class SystemFaultTold(Told):
    """Something that is wrong, or was."""

    id: Id
    kind: FaultKind
    subject: Annotated[
        str, Field(description="a queue, a worker or a schedule; empty for the rest")
    ]
    began_at: datetime
    ended_at: Annotated[datetime | None, Field(description="null: it still is")]

    @classmethod
    def of(cls, row: Fault) -> Self:
        """The fault in words."""
        return cls(
            id=str(row.pk),
            kind=FaultKind(row.kind),
            subject=row.subject,
            began_at=row.began_at,
            ended_at=row.ended_at,
        )
