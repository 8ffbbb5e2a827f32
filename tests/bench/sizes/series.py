"""The series of a run: what lies in the tables while everything is measured."""

from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from tests.bench.sizes.measuring import Measuring, warm_up
from tests.bench.sizes.operations import AT_ONCE, Figures
from tests.bench.sizes.subject import PAUSED, WAITING
from tests.bench.sizes.tables import BETWEEN, Rows, Tables

DUE: Final = 1_000  # where it is something else that grows
FINISHED: Final = 100_000  # likewise
MANY: Final = 100_000  # of what is to be passed over
SOON: Final = timedelta(minutes=50)  # the lease is an hour here
LATER: Final = timedelta(hours=2)
FLOODED: Final = BETWEEN[4::9]

IN_TURN: Final = "pending in ten centres"
IN_ONE: Final = "pending in one centre"
IS_FINISHED: Final = "finished"
IS_BESIDE: Final = "beside"

OLD: Final = "old"  # of the quiet night, and plans made then
FRESH: Final = "fresh"  # after VACUUM ANALYZE


@dataclass(frozen=True, slots=True)
class Point:
    """Everything measured once."""

    series: str
    rows: int
    statistics: str
    figures: Figures
    beside: str = ""


@dataclass(frozen=True, slots=True)
class Condition:
    """What lies beside the deliveries that are due, and has to be passed over."""

    name: str
    rows: tuple[Rows, ...] = ()
    paused: str = ""
    worked_off: int = 0  # since the last vacuum
    has_old_snapshot: bool = False


BESIDE: Final = (
    Condition("nothing"),
    Condition(
        "100,000 due in an hour, as many of another handler",
        (
            Rows(count=MANY, centres=BETWEEN, due_in=SOON),
            Rows(count=MANY, handler=WAITING, due_in=SOON),
        ),
    ),
    Condition("100,000 due in an hour in the same centres", (Rows(count=MANY, due_in=LATER),)),
    Condition(
        "100,000 running",
        (Rows(count=MANY, centres=BETWEEN, state="running", attempt=1, due_in=SOON),),
    ),
    Condition(
        f"100,000 due in centres with {AT_ONCE} running",
        (
            Rows(count=MANY, centres=FLOODED),
            Rows(
                count=AT_ONCE * len(FLOODED),
                centres=FLOODED,
                state="running",
                attempt=1,
                due_in=SOON,
            ),
        ),
    ),
    Condition("100,000 due in a paused queue", (Rows(count=MANY, handler=PAUSED),), paused=PAUSED),
    Condition("100,000 worked off since the last vacuum", worked_off=MANY),
    Condition("the same while a dump runs", worked_off=MANY, has_old_snapshot=True),
)


def pending(tables: Tables, sizes: Sequence[int], centres: Sequence[int]) -> Iterator[Point]:
    """So many are due at once after a quiet night."""
    name = IN_ONE if len(centres) == 1 else IN_TURN
    for size in sizes:
        quiet_night(tables, FINISHED)
        tables.fill(Rows(count=size, centres=centres))
        yield Point(name, size, OLD, Measuring(tables, centres).run())
        tables.refresh()
        yield Point(name, size, FRESH, Measuring(tables, centres).run())


def finished(tables: Tables, sizes: Sequence[int]) -> Iterator[Point]:
    """So much is done, nearly all of it since the quiet night; a thousand are due."""
    for size in sizes:
        quiet_night(tables, sizes[0])
        tables.fill(done(size - sizes[0]))
        tables.fill(Rows(count=DUE))
        yield Point(IS_FINISHED, size, OLD, Measuring(tables).run())
        tables.refresh()
        yield Point(IS_FINISHED, size, FRESH, Measuring(tables).run())


def beside(tables: Tables) -> Iterator[Point]:
    """So much is due, and something else lies in its way."""
    for condition in BESIDE:
        with ExitStack() as held:
            prepare(tables, condition, held)
            figures = Measuring(tables).run()
        yield Point(IS_BESIDE, DUE, FRESH, figures, condition.name)


def prepare(tables: Tables, condition: Condition, held: ExitStack) -> None:
    """Lay out a condition; `held` is what must stay open meanwhile."""
    quiet_night(tables, FINISHED)
    for rows in (*condition.rows, Rows(count=condition.worked_off)):
        tables.fill(rows)
    if condition.paused:
        tables.pause(condition.paused.partition(".")[0])
    tables.refresh()
    if condition.has_old_snapshot:
        held.enter_context(tables.old_snapshot())
    if condition.worked_off:
        tables.work_off()
    tables.fill(Rows(count=DUE))


def quiet_night(tables: Tables, count: int) -> None:
    """So much is done and nothing left, autovacuum has been there, and plans have been made."""
    tables.clear()
    tables.fill(done(count))
    tables.refresh()
    warm_up()


def done(count: int) -> Rows:
    return Rows(count=count, state="done", attempt=1)
