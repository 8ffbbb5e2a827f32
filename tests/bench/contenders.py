"""TABLE: who competes: how its workers are started, and what an action does."""

import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from importlib.machinery import PathFinder
from pathlib import Path
from typing import Final

Arguments = tuple[str, ...]  # to Python

CELERY_M: Final = ("-m", "celery", "-A")
FLAGS: Final = ("--concurrency", "2", "--loglevel", "WARNING")
QUIET: Final = ("--without-gossip", "--without-mingle")
# Beside the other packages, not among them: with Procrastinate comes psycopg 3, and Django would
# take it for everybody.
PEERS: Final = Path(sys.prefix) / "peers"
# Without Schoolbell's database backend, whose transactions take fewer round trips (ADR 24).
PLAIN: Final = {"BENCH_BACKEND": "django"}


@dataclass(frozen=True, slots=True)
class Contender:
    """One way to have work follow an action."""

    name: str
    how: str  # in a few words, for the report
    act: str  # `module:function`, an action with one row
    tell_all: str  # an action with 10,000 recipients
    workers: tuple[Arguments, ...]
    env: Mapping[str, str] = field(default_factory=dict)
    package: str = ""  # of a peer: what must be installed
    prepare: tuple[Arguments, ...] = ()  # run once, before all rounds
    tables: tuple[str, ...] = ()  # of its own, to be emptied between the scenarios

    @property
    def is_installed(self) -> bool:
        return not self.package or PathFinder.find_spec(self.package, [str(PEERS)]) is not None


def schoolbell(name: str, act: str, tell_all: str, how: str) -> Contender:
    """Schoolbell's own worker, and its relay."""
    module = "tests.bench.schoolbell"
    return Contender(
        name=name,
        how=how,
        act=f"{module}:{act}",
        tell_all=f"{module}:{tell_all}",
        workers=(
            (*CELERY_M, "tests.bench.schoolbell_app", "worker", *FLAGS, *QUIET),
            ("-m", "tasks.relay"),
        ),
    )


def celery(name: str, *flags: str, tell_all: str, how: str, tuned: bool = False) -> Contender:
    """A plain Celery worker."""
    module = "tests.bench.plain_celery"
    return Contender(
        name=name,
        how=how,
        act=f"{module}:act",
        tell_all=f"{module}:{tell_all}",
        workers=((*CELERY_M, "tests.bench.plain_app", "worker", *FLAGS, *flags),),
        env=PLAIN | ({"BENCH_TUNED": "1"} if tuned else {}),
    )


def peer(
    package: str, *workers: str, how: str, tables: Arguments = (), prepare: str = "", **env: str
) -> Contender:
    """Another tool; a command line per worker."""
    module = f"tests.bench.peers.{package}"
    return Contender(
        name=package,
        how=how,
        act=f"{module}:act",
        tell_all=f"{module}:tell_all",
        workers=tuple(("-m", *worker.split()) for worker in workers),
        env={"PYTHONPATH": str(PEERS), **PLAIN, **env},
        package=package,
        prepare=(("-m", *prepare.split()),) if prepare else (),
        tables=tables,
    )


RQ_WORKER: Final = "rq.cli worker -c tests.bench.peers.rq -w rq.worker.SimpleWorker --quiet"
PROCRASTINATE: Final = "procrastinate --app tests.bench.peers.procrastinate.app"
PROCRASTINATE_WORKER: Final = f"{PROCRASTINATE} --log-level warning worker --concurrency 4"

DEFAULTS: Final = celery(
    "celery, defaults",
    tell_all="tell_all",
    how="`on_commit(delay)`; recipients: a `group`, a task each",
)
TUNED: Final = celery(
    "celery, tuned",
    *QUIET,
    tell_all="tell_all_in_chunks",
    tuned=True,
    how="`on_commit(delay)`, connections kept, late acks, prefetch 4; recipients: chunks of 500",
)
OTHERS: Final = (
    peer(
        "dramatiq",
        "dramatiq tests.bench.peers.dramatiq:broker --processes 2 --threads 8",
        how="2 processes of 8 threads (its default), Redis; recipients: chunks of 500",
    ),
    peer(
        "huey",
        "huey.bin.huey_consumer tests.bench.peers.huey.huey -k process -w 2 -q -g TERM",
        how="2 processes, Redis, no results; recipients: chunks of 500",
    ),
    peer(
        "procrastinate",
        PROCRASTINATE_WORKER,
        PROCRASTINATE_WORKER,
        how="2 processes of 4 threads, jobs deferred in the transaction; recipients: chunks of 500",
        tables=("procrastinate_jobs", "procrastinate_events"),
        prepare=f"{PROCRASTINATE} schema --apply",
        BENCH_PSYCOPG="3",
    ),
    peer(
        "rq",
        RQ_WORKER,
        RQ_WORKER,
        how="2 SimpleWorkers, no results, no time limit; recipients: chunks of 500",
    ),
)
OURS: Final = schoolbell(
    "schoolbell", "act", "tell_all", how="a handler per event; recipients: a delivery each"
)
BULK: Final = schoolbell(
    "schoolbell, bulk handler",
    "act_for_bulk",
    "tell_all_in_bulk",
    how="handlers that take a batch in one statement",
)

CONTENDERS: Final = (DEFAULTS, TUNED, *OTHERS, OURS, BULK)

LIMIT: Final = Contender(  # what nobody can exceed
    name="the transaction alone",
    how="the action with nothing to follow, through Django's own database backend",
    act="tests.bench.work:act_alone",
    tell_all="",
    workers=(),
    env=PLAIN,
)

Action = Callable[[], object]
RECIPIENTS: Final = 10_000  # of the action that tells many
