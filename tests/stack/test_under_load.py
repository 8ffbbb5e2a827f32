"""The real stack while it is broken, scaled and replaced under load: nothing is lost."""

from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Final

import pytest
from docker.models.containers import Container

from tests import ledger
from tests.collector import read, total
from tests.faults import postgres
from tests.faults.audience import tabs
from tests.faults.faults import ONCE, Fault
from tests.faults.memory import Memory
from tests.faults.nemesis import Nemesis
from tests.faults.scene import Scene
from tests.faults.signals import await_successor, kill, stopped
from tests.faults.workload import make_small_classes
from tests.portal import Person, listening
from tests.stack.composed import ComposedStack

RESTARTED: Final = 20.0  # seconds; a container begins anew, with all it has to load
BACKLOG: Final = 45.0  # and then works off what a minute has left
STARTING: Final = 10.0  # what an answer may take while containers load all they have
SOCKETS: Final = 30
TICKS: Final = """
SELECT date_trunc('minute', occurred_at), count(*) FROM event WHERE kind = 'CanaryDue' GROUP BY 1
"""


def killed(name: str) -> Fault:
    """A container's server is killed, and its container begins anew."""
    return Fault(
        name=f"{name}-killed",
        promise=ONCE,
        how=lambda scene: kill(scene.stack, name),
        recovery=RESTARTED,
        slowest=10.0,
        may_refuse=name in ("pgbouncer", "web"),  # nginx asks no other web to publish once more
    )


def deaf(scene: Scene) -> None:
    """A worker's main process stands still: its health check ends it."""
    name = "worker-email"
    with stopped(scene.stack, name):
        await_successor(scene.stack, name, scene.stack.process(name), seconds=90)


def emptied(scene: Scene) -> None:
    """Redis is killed, and what it had written down is gone."""
    with stopped(scene.stack, "redis"):
        assert isinstance(scene.stack, ComposedStack)
        data = Path(scene.stack.volume("redis_data"))
        for file in data.rglob("*"):
            if file.is_file():
                file.unlink()
        kill(scene.stack, "redis")


FAULTS: Final = (
    *(
        killed(name)
        for name in ("web", "worker-email", "worker-default", "relay", "beat", "pgbouncer", "redis")
    ),
    Fault(name="redis-emptied", promise=ONCE, how=emptied, recovery=RESTARTED),
    Fault(
        name="postgres-restarted",
        promise=ONCE,
        how=postgres.restarted_immediately,
        recovery=40.0,
        slowest=25.0,
        may_refuse=True,
    ),
    Fault(name="worker-deaf", promise=ONCE, how=deaf, recovery=BACKLOG),
)


@pytest.fixture(scope="module")
def goddess(portal: ComposedStack) -> Iterator[Nemesis]:
    portal.scale(web=2)
    make_small_classes(portal)
    with tabs(portal) as watching:
        yield Nemesis(portal, "stack", watching, Memory(portal))


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.name)
def test_promises_are_kept(goddess: Nemesis, portal: ComposedStack, fault: Fault) -> None:
    outcome = goddess.strike(fault)
    portal.note(f"{fault.name}: {outcome.kept} kept, well after {outcome.recovered:.1f} s")
    assert outcome.breaches == []
    assert outcome.kept > 0


def test_a_release_under_load_loses_no_request(goddess: Nemesis, portal: ComposedStack) -> None:
    old = {each.id for each in portal.containers("web")}
    fault = Fault(
        name="rolled",
        promise=ONCE,
        how=lambda _: portal.stack.roll(),
        recovery=RESTARTED,
        slowest=STARTING,
    )
    outcome = goddess.strike(fault)
    assert outcome.breaches == []
    assert outcome.unanswered == 0
    assert old.isdisjoint(each.id for each in portal.containers("web"))


def test_more_and_fewer_containers_under_load(goddess: Nemesis, portal: ComposedStack) -> None:
    def grow_and_shrink(scene: Scene) -> None:
        portal.scale(web=3, **{"worker-email": 3})
        scene.await_publications(5)
        portal.scale(web=2, **{"worker-email": 1})

    fault = Fault(
        name="scaled",
        promise=ONCE,
        how=grow_and_shrink,
        recovery=RESTARTED,
        slowest=STARTING,
    )
    outcome = goddess.strike(fault)
    assert outcome.breaches == []
    assert outcome.unanswered == 0
    assert {count for _, count in ledger.ask(portal, TICKS)} == {1}  # two beats, one tick a minute


def test_sockets_are_spread_over_web(portal: ComposedStack) -> None:
    portal.scale(web=3)
    with ExitStack() as open_sockets:
        person = open_sockets.enter_context(Person(portal.base_url, "student7@oakwood.example"))
        for _ in range(SOCKETS):
            open_sockets.enter_context(listening(person))
        held = sorted(sockets_of(portal, each) for each in portal.containers("web"))
        portal.note(f"sockets by web: {held}")
        assert len(held) == 3
        assert held[0] >= SOCKETS // 10
    portal.scale(web=2)


def sockets_of(portal: ComposedStack, web: Container) -> int:
    """How many sockets a web has open, by its own word to Prometheus."""
    return int(
        total(read(f"http://{portal.address_of(web)}:9100/metrics"), "schoolbell_live_sockets")
    )
