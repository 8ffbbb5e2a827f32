"""The portal's own worker image and Redis, run by pytest-celery: killed, replaced, restarted."""

from contextlib import closing

import pytest
from celery import Celery
from docker import DockerClient
from docker.models.networks import Network
from pytest_celery import (
    CeleryBrokerCluster,
    CeleryTestSetup,
    CeleryTestWorker,
    CeleryWorkerCluster,
    RedisTestBroker,
)
from pytest_docker_tools import container, fxtr, network, volume
from pytest_docker_tools.wrappers import Container

from infra.compose import environment
from tests.servers import wait_for
from tests.stack import celery_containers as containers
from tests.stack.celery_containers import (
    Canaries,
    EmailWorker,
    NoticesWorker,
    Postgres,
    Redis,
    Setup,
)

QUEUES = ("email", "notices")  # those that have a worker

default_pytest_celery_network = network(scope="module")
redis_data = volume()
postgres = container(
    scope="module",
    wrapper_class=Postgres,
    environment=fxtr("variables"),
    **containers.POSTGRES,
)
default_redis_broker = container(
    wrapper_class=Redis, environment=fxtr("variables"), **containers.REDIS
)
email_worker = container(
    wrapper_class=EmailWorker, command=EmailWorker.command(), **containers.PORTAL
)
replacing_worker = container(
    wrapper_class=EmailWorker, command=EmailWorker.command(), **containers.PORTAL
)
notices_worker = container(
    wrapper_class=NoticesWorker, command=NoticesWorker.command(), **containers.PORTAL
)
relay = container(command=["relay"], **containers.PORTAL)


@pytest.fixture(scope="module")
def variables() -> dict[str, str]:
    """What every container is told; the secrets are new."""
    return containers.variables(environment.for_trying())


@pytest.fixture(scope="module")
def database(
    images: float,
    docker_client: DockerClient,
    default_pytest_celery_network: Network,
    variables: dict[str, str],
    postgres: Postgres,
) -> Postgres:
    """Migrated by the image, and counting what is done."""
    docker_client.containers.run(
        containers.APP,
        ["migrate"],
        environment={
            **variables,
            "DB_HOST": postgres.hostname,
            "DB_USER": variables["DB_OWNER"],
            "DB_PASSWORD": variables["DB_OWNER_PASSWORD"],
        },
        network=default_pytest_celery_network.name,
        remove=True,
    )
    with closing(postgres.connect()) as connection, connection, connection.cursor() as cursor:
        cursor.execute(containers.COUNTED)
    return postgres


@pytest.fixture
def portal_env(
    variables: dict[str, str], database: Postgres, celery_redis_broker: RedisTestBroker
) -> dict[str, str]:
    """The environment of the portal's containers, which find the two servers by their names."""
    broker = celery_redis_broker.config()["hostname"]
    return {**variables, "DB_HOST": database.hostname, "REDIS_HOST": broker}


@pytest.fixture
def celery_broker_cluster(celery_redis_broker: RedisTestBroker) -> CeleryBrokerCluster:
    return CeleryBrokerCluster(celery_redis_broker)


@pytest.fixture
def celery_backend_cluster() -> None:
    """None: results are in PostgreSQL."""


@pytest.fixture
def celery_worker_cluster(
    email_worker: EmailWorker, notices_worker: NoticesWorker, default_worker_app: Celery
) -> CeleryWorkerCluster:
    workers = (email_worker, notices_worker)
    return CeleryWorkerCluster(*(CeleryTestWorker(each, default_worker_app) for each in workers))


@pytest.fixture
def celery_setup_cls() -> type[CeleryTestSetup]:
    return Setup


@pytest.fixture
def canaries(celery_setup: CeleryTestSetup, relay: Container, database: Postgres) -> Canaries:
    """With all of it running; a lost nudge is sent again by the relay."""
    assert celery_setup.ready()
    return Canaries(relay, database)


def test_two_workers_do_what_is_in_their_own_queues(
    celery_setup: CeleryTestSetup, canaries: Canaries
) -> None:
    email, notices = (each.hostname() for each in celery_setup.worker_cluster)
    events = canaries.publish(5)
    canaries.all_done_once(*QUEUES, events=events)
    queues = canaries.inspect("active_queues")
    assert [each["name"] for each in queues[email]] == ["email"]
    assert [each["name"] for each in queues[notices]] == ["notices"]
    stats = canaries.inspect("stats")
    assert list(stats[email]["total"]) == ["email.answer_canary"]
    assert list(stats[notices]["total"]) == ["notices.answer_canary"]
    unserved = canaries.deliveries("files", events)
    assert unserved == [("pending", 0, 0)] * len(events)


def test_a_killed_worker_is_replaced_and_what_waited_is_done_once(
    celery_setup: CeleryTestSetup, canaries: Canaries, request: pytest.FixtureRequest
) -> None:
    killed = celery_setup.worker
    with canaries.held("email"):
        in_hand = canaries.publish(5)
        wait_for(lambda: canaries.states("email", in_hand) == {"running"}, what="a claim")
        killed.kill()
    assert killed.container.status == "exited"
    waiting = canaries.publish(5)
    canaries.all_done_once("notices", events=in_hand + waiting)  # the other goes on
    assert canaries.states("email", waiting) == {"pending"}

    request.getfixturevalue("replacing_worker")
    canaries.all_done_once("email", events=in_hand + waiting)
    assert {attempt for _, attempt, _ in canaries.deliveries("email", in_hand)} == {2}
    assert {attempt for _, attempt, _ in canaries.deliveries("email", waiting)} == {1}


@pytest.mark.parametrize("is_killed", [False, True], ids=["stopped", "killed"])
def test_the_broker_is_restarted_and_nothing_is_lost(
    celery_setup: CeleryTestSetup, canaries: Canaries, *, is_killed: bool
) -> None:
    broker, workers = celery_setup.broker, celery_setup.worker_cluster
    begun = [each.container.attrs["State"]["StartedAt"] for each in workers]
    events = canaries.publish(20)
    if is_killed:
        broker.kill()
        events += canaries.publish(20)  # which needs no broker
    broker.restart()
    events += canaries.publish(20)
    canaries.all_done_once(*QUEUES, events=events)
    for worker in workers:
        worker.container.reload()
    assert [each.container.attrs["State"]["StartedAt"] for each in workers] == begun
    assert sorted(canaries.inspect("ping")) == sorted(each.hostname() for each in workers)
