"""The portal's worker, broker and database as containers that pytest-celery runs."""

import json
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from typing import Any, ClassVar, Final

import psycopg2
from pytest_celery import CeleryTestSetup, CeleryWorkerContainer, RedisContainer
from pytest_docker_tools import fxtr
from pytest_docker_tools.wrappers import Container

from core.events.nudge import BROKER
from tasks.app import app as own_app
from tests.servers import wait_for

APP: Final = "schoolbell/app:latest"
FREE_PORT: Final = ("127.0.0.1",)  # reached from this machine alone
MEMORY: Final = {"/tmp": "size=64m,mode=1777"}  # noqa: S108 - a container's own
# As docker-compose.yml has every container.
CONFINED: Final[dict[str, Any]] = {
    "read_only": True,
    "cap_drop": ["ALL"],
    "security_opt": ["no-new-privileges:true"],
    "network": "{default_pytest_celery_network.name}",
}
PORTAL: Final[dict[str, Any]] = {
    **CONFINED,
    "image": APP,
    "environment": fxtr("portal_env"),
    "tmpfs": MEMORY,
    "timeout": 90,
}
POSTGRES: Final[dict[str, Any]] = {
    **CONFINED,
    "image": "schoolbell/postgres:latest",
    "command": ["postgres", "-cpassword_encryption=scram-sha-256"],
    "ports": {"5432/tcp": FREE_PORT},
    "tmpfs": {
        **MEMORY,
        "/var/run/postgresql": "size=1m,uid=999,gid=999",
        "/var/lib/postgresql/data": "uid=999,gid=999,mode=0700",
    },
    "timeout": 90,
}
REDIS: Final[dict[str, Any]] = {
    **CONFINED,
    "image": "schoolbell/redis:latest",
    "ports": {"6379/tcp": FREE_PORT},
    "volumes": {"{redis_data.name}": {"bind": "/data", "mode": "rw"}},
    "tmpfs": MEMORY,
    "timeout": 60,
}

# What publishes canaries, in a container of the portal.
PUBLISH: Final = """
import sys
import django
django.setup()
from django.db import transaction
from core.canary.events import CanaryDue
from core.events.event import NO_CENTRE
from core.events.publish import publish
with transaction.atomic():
    for _ in range(int(sys.argv[1])):
        print(publish(CanaryDue(centre_id=NO_CENTRE)))
"""
# Effects and "done" commit together, so whoever counts the one counts the other.
COUNTED: Final = """
CREATE TABLE ended (delivery_id bigint);
CREATE FUNCTION note_end() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER AS
    $$ BEGIN INSERT INTO public.ended VALUES (NEW.id); RETURN NULL; END $$;
CREATE TRIGGER note_end AFTER UPDATE ON delivery
    FOR EACH ROW WHEN (NEW.state = 'done') EXECUTE FUNCTION note_end();
"""
DELIVERIES: Final = """
SELECT state, attempt, (SELECT count(*) FROM ended WHERE delivery_id = delivery.id)
FROM delivery WHERE handler = %s AND event_id = ANY(%s::uuid[])
"""
HOLD: Final = """
INSERT INTO queue_canary VALUES (%s, now(), now())
ON CONFLICT (queue) DO UPDATE SET answered_at = excluded.answered_at
"""
ONCE: Final = 1  # how often each is ended


def variables(made: dict[str, str]) -> dict[str, str]:
    """What docker-compose.yml makes of a `.env`; each image takes what it knows."""
    roles = {"POSTGRES_USER": "postgres", "POSTGRES_DB": "postgres", "DB_NAME": "schoolbell"}
    return {
        **made,
        **roles,
        "POSTGRES_INITDB_ARGS": "--auth-host=scram-sha-256 --locale=C.UTF-8 --encoding=UTF8",
        "DB_PORT": "5432",
        "DB_OWNER": "schoolbell_owner",
        "DB_USER": "schoolbell_app",
        "DB_APP": "schoolbell_app",
        "DB_APP_PASSWORD": made["DB_PASSWORD"],
        "DB_BACKUP": "schoolbell_backup",
        "REDIS_USER": "schoolbell",
    }


class Redis(RedisContainer):  # type: ignore[misc]  # it has no types
    """The broker with the portal's own settings, user and database."""

    @property
    def vhost(self) -> str:
        return str(BROKER)

    @property
    def url(self) -> str:
        return f"redis://{self._login}@{self.hostname}:6379/{self.vhost}"

    @property
    def host_url(self) -> str:
        self._wait_port("6379/tcp")
        host, port = self.get_addr("6379/tcp")
        return f"redis://{self._login}@{host}:{port}/{self.vhost}"

    @property
    def _login(self) -> str:
        told = self.env
        return f"{told['REDIS_USER']}:{told['REDIS_PASSWORD']}"


class Worker(CeleryWorkerContainer):  # type: ignore[misc]  # it has no types
    """A worker of one queue, by the image's own command."""

    queue: ClassVar[str]

    @classmethod
    def command(cls, *args: str, **_: Any) -> list[str]:
        return ["worker", cls.queue, *args]

    @classmethod
    def worker_name(cls) -> str:
        return cls.queue

    @classmethod
    def worker_queue(cls) -> str:
        return cls.queue


class EmailWorker(Worker):
    """Sends mails."""

    queue = "email"


class NoticesWorker(Worker):
    """Tells people in the portal."""

    queue = "notices"


class Setup(CeleryTestSetup):  # type: ignore[misc]  # it has no types
    """Two workers and a broker; no result backend, as results are in PostgreSQL."""

    def teardown(self) -> None:
        own_app.set_current()  # the setup's app has made itself that


class Postgres(Container):  # type: ignore[misc]  # it has no types
    """A new cluster with the portal's roles."""

    @property
    def hostname(self) -> str:
        """Its name in the containers' network."""
        return str(self.attrs["Config"]["Hostname"])

    def ready(self) -> bool:
        """Whether it answers over TCP: while the cluster is being made there is only the socket."""
        asked = ["pg_isready", "-q", "-h", "127.0.0.1", "-d", "schoolbell"]
        return bool(super().ready()) and self.exec_run(asked).exit_code == 0

    def connect(self) -> Any:
        host, port = self.get_addr("5432/tcp")
        return psycopg2.connect(
            host=host,
            port=port,
            dbname="schoolbell",
            user="postgres",
            password=self.env["POSTGRES_PASSWORD"],
        )


class Canaries:
    """Sends canaries from a container of the portal, and knows what became of them."""

    def __init__(self, portal: Container, database: Postgres) -> None:
        self._portal = portal
        self._database = database

    def publish(self, count: int) -> list[str]:
        """Send so many in one transaction, to every queue; their events' ids."""
        return self._run("python", "-c", PUBLISH, str(count)).split()

    def inspect(self, what: str) -> dict[str, Any]:
        """What each worker answers over the broker, by its name."""
        told: dict[str, Any] = json.loads(
            self._run("celery", "-A", "tasks.app", "inspect", "--json", "--timeout", "5", what)
        )
        return told

    def deliveries(self, queue: str, events: Sequence[str]) -> list[tuple[str, int, int]]:
        """State, attempts, and how often it was ended, of each delivery in a queue."""
        with closing(self._database.connect()) as connection, connection.cursor() as cursor:
            cursor.execute(DELIVERIES, (f"{queue}.answer_canary", list(events)))
            return [(state, attempt, ended) for state, attempt, ended in cursor.fetchall()]

    def states(self, queue: str, events: Sequence[str]) -> set[str]:
        return {state for state, _, _ in self.deliveries(queue, events)}

    def all_done_once(self, *queues: str, events: Sequence[str]) -> None:
        """Wait until nothing of it is open in these queues; then all was ended, and once."""
        for queue in queues:
            self._await_end(queue, events)
            told = self.deliveries(queue, events)
            assert [ended for _, _, ended in told] == [ONCE] * len(events)

    def _await_end(self, queue: str, events: Sequence[str]) -> None:
        wait_for(
            lambda: self.states(queue, events) == {"done"},
            seconds=60,
            what=lambda: f"{queue}: {self.deliveries(queue, events)}",
        )

    def _run(self, *command: str) -> str:
        # Logs go where answers go; that no nudge can leave without a broker is not one of these.
        quiet = {"LOG_LEVEL": "ERROR"}
        ended = self._portal.exec_run(list(command), demux=True, environment=quiet)
        said, complained = ((part or b"").decode() for part in ended.output)
        assert ended.exit_code == 0, said + complained
        return said

    @contextmanager
    def held(self, queue: str) -> Iterator[None]:
        """Who answers a canary of this queue stands still, in the middle of it, until the end."""
        with closing(self._database.connect()) as connection, connection.cursor() as cursor:
            cursor.execute(HOLD, (queue,))
            yield
            connection.rollback()
