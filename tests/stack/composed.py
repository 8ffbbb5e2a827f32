"""The real stack, built and started as operators do, and known like the embedded one.

Its programs run in containers, but their processes are this machine's: the drill's faults and its
checker work on both.
"""

import os
import ssl
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final
from uuid import uuid4

import docker
from docker.models.containers import Container

from infra.compose import environment
from infra.compose.stack import Stack
from infra.local.ports import free_port
from tests.servers import RunningStack, wait_for

# What a killed process of a container is replaced by; the others run once.
LASTING: Final = (
    "web",
    "worker-",
    "relay",
    "beat",
    "flower",
    "pgbouncer",
    "postgres",
    "redis",
    "nginx",
)
LABEL: Final = "com.docker.compose"


@dataclass
class Times:
    """Seconds that the stack took."""

    build: float = 0.0
    up: float = 0.0


class ComposedStack(RunningStack):
    """The real stack, with what tests have to know of it."""

    def __init__(self, stack: Stack, variables: dict[str, str]) -> None:
        self.stack = stack
        self.variables = variables
        self.times = Times()
        self.notes: list[str] = []  # figures, shown when all tests have run
        self.engine = docker.from_env()

    @property
    def base_url(self) -> str:
        return self.variables["BASE_URL"]

    @property
    def entrances(self) -> list[str]:
        return [self.base_url]

    @property
    def facts(self) -> dict[str, Any]:
        """What stack.json says of the embedded stack; addresses are those of containers."""
        superuser = f"postgres:{self.variables['POSTGRES_PASSWORD']}"
        redis = f"schoolbell:{self.variables['REDIS_PASSWORD']}"
        return {
            "base_url": self.base_url,
            "admin_database_url": f"postgresql://{superuser}@{self.address('postgres')}/schoolbell",
            "redis_url": f"redis://{redis}@{self.address('redis')}:6379",
            "mailbox_dir": self.volume("mailbox"),
        }

    def volume(self, name: str) -> str:
        """Where the engine keeps a volume on this machine."""
        return str(self.engine.volumes.get(f"{self.stack.project}_{name}").attrs["Mountpoint"])

    def containers(self, service: str = "") -> list[Container]:
        """Those that run, of all services or of one."""
        labels = [f"{LABEL}.project={self.stack.project}"]
        labels += [f"{LABEL}.service={service}"] if service else []
        return list(self.engine.containers.list(filters={"label": labels}))

    def container(self, service: str) -> Container:
        """The first one of a service, which may be between two lives for a moment."""
        wait_for(lambda: bool(self.containers(service)), what=f"a container of {service}")
        return min(self.containers(service), key=lambda each: str(each.name))

    def address(self, service: str) -> str:
        """Where this machine reaches a container inside the closed network."""
        return self.address_of(self.container(service))

    def address_of(self, container: Container) -> str:
        """The same for one of several."""
        networks = container.attrs["NetworkSettings"]["Networks"]
        return str(networks[f"{self.stack.project}_inside"]["IPAddress"])

    def pids(self) -> dict[str, int]:
        """The servers' processes: `web`, `web-2`, `worker-email` ..."""
        found: dict[str, int] = {}
        for container in sorted(self.containers(), key=lambda each: str(each.name)):
            service = container.labels[f"{LABEL}.service"]
            if service.startswith(LASTING):
                found[_free_name(service, found)] = _server(container)
        return {name: pid for name, pid in found.items() if pid}

    def note(self, line: str) -> None:
        """A figure that is worth telling."""
        self.notes.append(line)

    def scale(self, **replicas: int) -> None:
        """So many containers of these services, as an operator has it done."""
        wanted = [
            part for name, count in replicas.items() for part in ("--scale", f"{name}={count}")
        ]
        self.stack.compose("up", "-d", "--no-deps", "--no-recreate", *wanted, *replicas)
        self.stack.wait()

    def run(self, service: str, *command: str, **variables: str) -> str:
        """What a command says in a container that runs already."""
        ended: Any = self.container(service).exec_run(list(command), environment=variables)
        said = ended.output.decode(errors="replace")
        assert ended.exit_code == 0, said
        return str(said)

    def stop(self, signum: int = 0) -> int:
        """End it all, with its data; nothing of it is left."""
        self.stack.down("--volumes", "--timeout", "5")
        label: dict[str, str | list[str] | bool]
        label = {"label": f"{LABEL}.project={self.stack.project}"}
        engine = self.engine
        left = [
            *engine.containers.list(all=True, filters=label),
            *engine.volumes.list(filters=label),
            *engine.networks.list(filters=label),
        ]
        assert left == []
        return 0


def _free_name(service: str, taken: dict[str, int]) -> str:
    names = (service, *(f"{service}.{number}" for number in range(2, 100)))
    return next(name for name in names if name not in taken)


def _server(container: Container) -> int:
    """The pid of what a container runs: tini's child, where there is tini; 0 between two lives."""
    pid = int(container.attrs["State"]["Pid"])
    try:
        if Path(f"/proc/{pid}/comm").read_text().strip() != "tini":
            return pid
        return int(Path(f"/proc/{pid}/task/{pid}/children").read_text().split()[0])
    except (OSError, IndexError):
        return 0


def build_images(folder: Path) -> float:
    """Make the portal's images, as `make stack-up` does; the seconds that it took."""
    file = folder / "build.env"
    environment.write(file, environment.for_trying())
    begin = time.monotonic()
    Stack("schoolbell-test-images", file).build()
    return time.monotonic() - begin


@contextmanager
def composed_stack(folder: Path, **others: str) -> Iterator[ComposedStack]:
    """A stack of its own, healthy and with the demo school; removed at the end."""
    variables = environment.for_trying(http=free_port(), https=free_port(), **others)
    file = folder / "stack.env"
    environment.write(file, variables)
    stack = ComposedStack(Stack(f"schoolbell-test-{uuid4().hex[:8]}", file), variables)
    try:
        begin = time.monotonic()
        stack.stack.up()
        stack.times.up = time.monotonic() - begin
        stack.run("web", "python", "manage.py", "demo", DEBUG="true")
        trust(stack, folder)
        yield stack
    except BaseException:
        _keep_logs(stack, folder)
        raise
    finally:
        stack.stop()


def trust(stack: ComposedStack, folder: Path) -> None:
    """Have every client of this process take the certificate that nginx made for trying."""
    address = ("localhost", int(stack.variables["HTTPS_PORT"]))
    file = folder / "certificate.pem"
    file.write_text(ssl.get_server_certificate(address))
    os.environ["SSL_CERT_FILE"] = str(file)


def _keep_logs(stack: ComposedStack, folder: Path) -> None:
    for container in stack.containers():
        (folder / f"{container.name}.log").write_bytes(container.logs())
