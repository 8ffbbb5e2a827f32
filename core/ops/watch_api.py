"""Watching the system over HTTP: workers, schedules, samples, forecasts, faults."""

from typing import Annotated, Final

from django.http import HttpRequest
from ninja import Query, Router
from pydantic import Field

from core.http.lists import Order, Page, Wanted, read_page
from core.ops import schedules, watching, workers
from core.ops.models import DrainForecast, Fault, Sample
from core.ops.watch_bodies import (
    ForecastTold,
    SampleTold,
    ScheduleRun,
    ScheduleTold,
    SystemFaultTold,
    WorkerTold,
)
from core.people.signed_in import signed_in

router = Router(tags=["operations"])

LATEST_SAMPLE_FIRST: Final = Order(Sample, "-at", "queue")
LATEST_FORECAST_FIRST: Final = Order(DrainForecast, "-id")
LATEST_FAULT_FIRST: Final = Order(Fault, "-id")


class OfQueue(Wanted):
    """Which queue is asked for."""

    queue: str | None = None


class SamplesWanted(OfQueue):
    """Which samples are asked for."""

    hours: Annotated[int, Field(ge=1, le=168, description="how far back")] = 3


class FaultsWanted(Wanted):
    """Which faults are asked for."""

    is_open: Annotated[bool | None, Field(alias="open", description="those that still are")] = None


@router.get(
    "ops/workers", response=Page[WorkerTold], operation_id="list_workers", summary="The workers"
)
def list_workers(request: HttpRequest) -> Page[WorkerTold]:
    """Which workers have said that they are there, and what each process is at; always all."""
    return Page(items=[WorkerTold.of(each) for each in workers.workers()], next=None)


@router.get(
    "ops/schedules",
    response=Page[ScheduleTold],
    operation_id="list_schedules",
    summary="The schedules",
)
def list_schedules(request: HttpRequest) -> Page[ScheduleTold]:
    """What happens by the clock, with the next and the last slot; by name, always all of them."""
    return Page(items=[ScheduleTold.of(each) for each in schedules.schedules()], next=None)


@router.post(
    "ops/schedules/{str:schedule}/run",
    response=ScheduleRun,
    operation_id="run_schedule",
    summary="Fire a schedule now",
)
def run_schedule(request: HttpRequest, schedule: str) -> ScheduleRun:
    """Fires a schedule once more, beside its times; it gets a slot of its own."""
    slot = schedules.run_schedule(name=schedule, by=signed_in(request).pk)
    return ScheduleRun(schedule=schedule, slot_at=slot)


@router.get(
    "ops/samples", response=Page[SampleTold], operation_id="list_samples", summary="Samples"
)
def list_samples(request: HttpRequest, wanted: Query[SamplesWanted]) -> Page[SampleTold]:
    """How the queues stood each minute, and every ten seconds while something waited."""
    rows = watching.samples(queue=wanted.queue, hours=wanted.hours)
    return read_page(rows, LATEST_SAMPLE_FIRST, wanted, SampleTold.of)


@router.get(
    "ops/forecasts",
    response=Page[ForecastTold],
    operation_id="list_forecasts",
    summary="Forecasts",
)
def list_forecasts(request: HttpRequest, wanted: Query[OfQueue]) -> Page[ForecastTold]:
    """What was predicted of backlogs when the number of workers changed, and how it went."""
    rows = watching.forecasts(queue=wanted.queue)
    return read_page(rows, LATEST_FORECAST_FIRST, wanted, ForecastTold.of)


@router.get(
    "ops/faults", response=Page[SystemFaultTold], operation_id="list_faults", summary="Faults"
)
def list_faults(request: HttpRequest, wanted: Query[FaultsWanted]) -> Page[SystemFaultTold]:
    """What is wrong, and what was; the latest first."""
    rows = watching.faults(is_open=wanted.is_open)
    return read_page(rows, LATEST_FAULT_FIRST, wanted, SystemFaultTold.of)
