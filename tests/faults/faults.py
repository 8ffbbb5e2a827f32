"""TABLE: what is done to the stack, and what must hold all the same."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum, auto
from typing import Final

from tests.faults import (
    mail,
    postgres,
    queue,
    recovery,
    redis,
    releases,
    reports,
    web,
    worker,
)
from tests.faults.scene import Scene

AFTER_A_WORKER: Final = 10.0
AFTER_BACK_OFF: Final = 30.0
"""Seconds; what was refused waits longer from time to time, and a long outage leaves a backlog."""
AFTER_REFUSAL: Final = 15.0
"""Seconds; after an outage of ten, in which nothing could be worked off."""
ONCE: Final = "everyone is told once"


class Runs(Enum):
    """The least that applies a fault: `make drill` applies all, `make test` one of each kind."""

    TEST = auto()
    SWEEP = auto()
    DRILL = auto()


@dataclass(frozen=True, kw_only=True)
class Fault:
    """One line of the table."""

    name: str
    promise: str
    how: Callable[[Scene], None]
    recovery: float = AFTER_A_WORKER  # seconds until all that was committed before has ended
    slowest: float = 3.0  # seconds within which each answered request was answered
    may_die: bool = False  # whether dead letters are a right end
    # Whether a mail may wait for a person: its answer was lost, by cuts between the mail server's
    # yes and our record, more often than it may be sent again for (twice; once if it is sensitive).
    may_wait: bool = False
    may_refuse: bool = False  # whether requests may be answered 5xx
    runs: Runs = Runs.DRILL


REDIS: Final = 1.0  # seconds; a request never waits for Redis

FAULTS: Final = (
    Fault(name="nothing", promise=ONCE, how=lambda scene: scene.last(5), runs=Runs.SWEEP),
    Fault(
        name="web-killed-before-commit",
        promise="what was not committed did not happen; asked again, it happens once",
        how=web.killed_before_commit,
        runs=Runs.SWEEP,
    ),
    Fault(
        name="web-killed-after-commit",
        promise="what was committed follows, without a nudge and though nobody was answered",
        how=web.killed_after_commit,
        runs=Runs.TEST,
    ),
    Fault(
        name="web-answer-lost",
        promise="asked again under the same key, it has happened once",
        how=web.answer_lost,
        runs=Runs.SWEEP,
    ),
    Fault(
        name="web-asked-to-stop",
        promise="each request is answered, or happens once when asked again",
        how=web.asked_to_stop,
    ),
    Fault(
        name="worker-killed-before-effect",
        promise=ONCE,
        how=worker.killed_before_effect,
        runs=Runs.SWEEP,
    ),
    Fault(
        name="worker-killed-after-effect",
        promise="only a mail whose answer was lost goes out twice, counted, under one Message-ID",
        how=worker.killed_after_effect,
        runs=Runs.TEST,
    ),
    Fault(name="worker-killed-after-commit", promise=ONCE, how=worker.killed_after_commit),
    Fault(
        name="worker-killed-with-popped-message",
        promise="a nudge that is in no list any more is sent again by the relay",
        how=worker.killed_with_popped_message,
        runs=Runs.SWEEP,
    ),
    Fault(
        name="worker-killed-many-times",
        promise="what a killed worker held has ended within 10 s (p99)",
        how=recovery.killed_many_times,
        may_wait=True,
    ),
    Fault(
        name="worker-asleep-past-its-lease",
        promise="who lost the lease writes nothing",
        how=worker.asleep_past_its_lease,
        recovery=AFTER_BACK_OFF,
        runs=Runs.SWEEP,
    ),
    Fault(
        name="worker-deaf",
        promise="another carries on, and it is replaced",
        how=worker.deaf,
        runs=Runs.SWEEP,
    ),
    Fault(name="worker-asked-to-stop", promise="it finishes and goes", how=worker.asked_to_stop),
    Fault(name="worker-child-killed", promise=ONCE, how=worker.child_killed, runs=Runs.SWEEP),
    Fault(
        name="worker-child-short-of-memory",
        promise="it fails or is replaced, and its work is done by another",
        how=worker.child_short_of_memory,
        recovery=AFTER_BACK_OFF,
    ),
    Fault(
        name="report-worker-killed",
        promise="the cards that are made stay, the others follow, each pupil has one",
        how=reports.worker_killed,
    ),
    Fault(
        name="report-cancelled",
        promise="it is cancelled at once, its worker stops within 2 s, nothing of it can be had",
        how=reports.cancelled,
        runs=Runs.SWEEP,
    ),
    Fault(
        name="redis-killed-and-empty",
        promise="nothing is lost",
        how=redis.killed_and_empty,
        slowest=REDIS,
        runs=Runs.TEST,
    ),
    Fault(name="redis-flushed", promise="nothing is lost", how=redis.flushed, slowest=REDIS),
    Fault(
        name="redis-flushed-every-2-s",
        promise="nothing is lost, and work goes on",
        how=redis.flushed_again_and_again,
        slowest=REDIS,
    ),
    Fault(
        name="redis-refused",
        promise="no request waits for Redis; afterwards all is made up for",
        how=redis.refused,
        slowest=REDIS,
    ),
    Fault(
        name="redis-frozen",
        promise="no request waits for Redis; afterwards all is made up for",
        how=redis.frozen,
        slowest=REDIS,
        recovery=AFTER_BACK_OFF,
    ),
    Fault(
        name="redis-half-open",
        promise="no request waits for Redis; afterwards all is made up for",
        how=redis.half_open,
        slowest=REDIS,
        recovery=AFTER_BACK_OFF,
    ),
    Fault(
        name="redis-forgotten",
        promise="a worker whose connection is silently dead is not deaf for ever",
        how=redis.forgotten,
        slowest=REDIS,
    ),
    Fault(
        name="redis-full",
        promise="no request waits for Redis; afterwards all is made up for",
        how=redis.full,
        slowest=REDIS,
        recovery=AFTER_REFUSAL,
    ),
    Fault(
        name="postgres-restarted-fast",
        promise="an answer within 3 s, if only 503; what was answered has happened",
        how=postgres.restarted_fast,
        may_refuse=True,
        runs=Runs.TEST,
    ),
    Fault(
        name="postgres-restarted-immediately",
        promise="an answer within 3 s, if only 503; what was answered has happened",
        how=postgres.restarted_immediately,
        may_refuse=True,
    ),
    Fault(
        name="postgres-backends-terminated",
        promise="each transaction happens or does not, and is tried again",
        how=postgres.backends_terminated,
        may_wait=True,
        may_refuse=True,
        recovery=AFTER_BACK_OFF,
    ),
    Fault(name="smtp-down", promise="mails wait", how=mail.down, recovery=AFTER_BACK_OFF),
    Fault(name="smtp-silent", promise="mails wait", how=mail.silent, recovery=AFTER_BACK_OFF),
    Fault(
        name="smtp-slow",
        promise="a mail that takes longer than the lease keeps its worker's lease",
        how=mail.slow,
        recovery=AFTER_BACK_OFF,
    ),
    Fault(name="smtp-4xx", promise="tried again", how=mail.busy, recovery=AFTER_BACK_OFF),
    Fault(
        name="smtp-5xx",
        promise="dead letters at once, with the server's words; notices arrive",
        how=mail.unwilling,
        may_die=True,
    ),
    Fault(
        name="smtp-partial-refusal",
        promise="who is not refused has the mail",
        how=mail.choosy,
        may_die=True,
        runs=Runs.TEST,
    ),
    Fault(
        name="smtp-dropped-after-data",
        promise="sent once more under the same Message-ID, and counted",
        how=mail.hangs_up,
        recovery=AFTER_BACK_OFF,
        runs=Runs.SWEEP,
    ),
    Fault(name="queue-pickle", promise="it is never opened, and stops nobody", how=queue.pickled),
    Fault(
        name="unknown-handler",
        promise="it waits for code that has it; others go on",
        how=queue.unknown_handler,
        runs=Runs.SWEEP,
    ),
    Fault(
        name="unknown-version",
        promise="it waits for code that can read it; others go on",
        how=queue.unknown_version,
        runs=Runs.SWEEP,
    ),
    Fault(
        name="newer-release-webs-first",
        promise="each event is run by who knows its version; none is dropped",
        how=releases.webs_first,
        recovery=AFTER_BACK_OFF,
    ),
    Fault(
        name="newer-release-workers-first",
        promise="each event is run by who knows its version; none is dropped",
        how=releases.workers_first,
        recovery=AFTER_BACK_OFF,
    ),
    Fault(
        name="poison-in-a-batch",
        promise="it fails alone",
        how=queue.poison,
        runs=Runs.TEST,
    ),
    Fault(
        name="flood-of-one-centre",
        promise="100,000 deliveries of one centre delay the other by 5 s at most (p99)",
        how=queue.flood,
        recovery=AFTER_BACK_OFF,
    ),
    # The last, because where it is not kept nothing works any more.
    Fault(
        name="queue-garbage",
        promise="what is no message stops nobody",
        how=queue.garbage,
        runs=Runs.SWEEP,
    ),
)
