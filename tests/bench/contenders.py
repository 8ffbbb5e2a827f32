"""TABLE: who competes: how its workers are started, and what an action does."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Final

PYTHON_M: Final = ("-m", "celery", "-A")
FLAGS: Final = ("--concurrency", "2", "--loglevel", "WARNING")
QUIET: Final = ("--without-gossip", "--without-mingle")


@dataclass(frozen=True, slots=True)
class Contender:
    """One way to have work follow an action. `workers` are arguments to Python."""

    name: str
    act: str  # `module:function`, an action with one row
    tell_all: str  # an action with 10,000 recipients
    workers: tuple[tuple[str, ...], ...]
    env: Mapping[str, str] = field(default_factory=dict)


def schoolbell(name: str, act: str) -> Contender:
    """Schoolbell's own worker, and its relay."""
    module = "tests.bench.schoolbell"
    return Contender(
        name=name,
        act=f"{module}:{act}",
        tell_all=f"{module}:tell_all",
        workers=(
            (*PYTHON_M, "tests.bench.schoolbell_app", "worker", *FLAGS, *QUIET),
            ("-m", "tasks.relay"),
        ),
    )


def celery(name: str, *flags: str, tell_all: str, tuned: bool = False) -> Contender:
    """A plain Celery worker."""
    module = "tests.bench.plain_celery"
    return Contender(
        name=name,
        act=f"{module}:act",
        tell_all=f"{module}:{tell_all}",
        workers=((*PYTHON_M, "tests.bench.plain_app", "worker", *FLAGS, *flags),),
        env={"BENCH_TUNED": "1"} if tuned else {},
    )


CONTENDERS: Final = (
    celery("celery, defaults", tell_all="tell_all"),
    celery("celery, tuned", *QUIET, tell_all="tell_all_in_chunks", tuned=True),
    schoolbell("schoolbell", "act"),
    schoolbell("schoolbell, bulk handler", "act_for_bulk"),
)

LIMIT: Final = "tests.bench.work:act_alone"  # the domain transaction, with nothing to follow

Action = Callable[[], object]
RECIPIENTS: Final = 10_000  # of the action that tells many
