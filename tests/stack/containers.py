"""nginx in a container, with the project's own configuration, before replicas that are stubs."""

import json
import re
import subprocess
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final
from uuid import uuid4

import httpx

ROOT: Final = Path(__file__).parent.parent.parent
PYTHON: Final = "python:3.11-slim-bookworm"
STUB: Final = Path(__file__).with_name("stub_web.py")
READY_WITHIN: Final = 20.0  # seconds
HASHED: Final = "site.0123456789ab.css"


def docker(*arguments: str) -> str:
    """What a Docker command says; raises CalledProcessError with its complaint where it fails."""
    done = subprocess.run(("docker", *arguments), capture_output=True, text=True, check=False)
    if done.returncode:
        raise RuntimeError(f"docker {' '.join(arguments)}: {done.stderr.strip()}")
    return done.stdout.strip()


@dataclass(frozen=True)
class Front:
    """Where nginx is reached."""

    https: str
    http: str

    def client(self, **options: Any) -> httpx.Client:
        """A client that takes the certificate for what it is, and follows no redirect."""
        return httpx.Client(base_url=self.https, verify=False, timeout=30, **options)  # noqa: S501


@dataclass(frozen=True)
class Stage:
    """A network of its own with nginx and some replicas of web."""

    name: str
    front: Front

    def add(self, number: int, service: str = "web") -> str:
        """Start a replica; returns the name that it tells."""
        container = f"{self.name}-{service}-{number}"
        docker(
            *("run", "--detach", "--init", "--network", self.name, "--network-alias", service),
            *("--name", container, "--hostname", f"{service}-{number}"),
            *("--volume", f"{STUB}:/stub_web.py:ro", PYTHON, "python", "/stub_web.py"),
        )
        await_answer(f"http://{self.address(number, service)}:8000/asked")
        return f"{service}-{number}"

    def remove(self, number: int, service: str = "web") -> None:
        """Kill a replica; its address leads nowhere at once."""
        docker("rm", "--force", f"{self.name}-{service}-{number}")

    def asked(self, number: int) -> list[str]:
        """What a replica was asked since it started."""
        answer = httpx.get(f"http://{self.address(number)}:8000/asked")
        return [str(line) for line in answer.json()]

    def log(self) -> list[dict[str, Any]]:
        """nginx's access log."""
        lines = docker("logs", f"{self.name}-nginx").splitlines()
        return [json.loads(line) for line in lines if line.startswith("{")]

    def address(self, number: int, service: str = "web") -> str:
        """A replica's address in the network."""
        place = "{{range .NetworkSettings.Networks}}{{.IPAddress}}{{end}}"
        return docker("inspect", "--format", place, f"{self.name}-{service}-{number}")


def await_answer(url: str) -> None:
    """Wait until something answers there."""
    until = time.monotonic() + READY_WITHIN
    while True:
        try:
            httpx.get(url, verify=False)  # noqa: S501
        except httpx.TransportError:
            assert time.monotonic() < until, f"{url} does not answer"
            time.sleep(0.05)
        else:
            return


@contextmanager
def staged(folder: Path) -> Iterator[Stage]:
    """nginx, without any replica yet; all is gone at the end."""
    name = f"schoolbell-try-{uuid4().hex[:8]}"
    recipe = str(ROOT / "infra/docker/Dockerfile")
    docker("build", "--quiet", "--target", "nginx", "--tag", name, "--file", recipe, str(ROOT))
    with ExitStack() as stack:
        stack.callback(docker, "rmi", "--force", name)
        docker("network", "create", name)
        stack.callback(docker, "network", "rm", name)
        stack.callback(remove_all, name)
        furnish(folder)
        start_nginx(name, folder)
        front = Front(
            https=f"https://{published(name, 8443)}", http=f"http://{published(name, 8080)}"
        )
        await_answer(f"{front.https}/nothing-behind-yet")
        yield Stage(name, front)


def start_nginx(name: str, folder: Path) -> None:
    """As the compose file starts it."""
    docker(
        *("run", "--detach", "--init", "--network", name, "--name", f"{name}-nginx"),
        *("--read-only", "--cap-drop", "ALL", "--security-opt", "no-new-privileges"),
        *("--tmpfs", "/tmp", "--tmpfs", "/etc/nginx/conf.d:uid=101,gid=101,mode=0755"),  # noqa: S108
        *("--env", "SERVER_NAME=localhost", "--env", "BASE_URL=https://localhost"),
        *("--env", "FLOWER=flower:8000"),
        *(
            "--volume",
            f"{folder}/static:/srv/static:ro",
            "--volume",
            f"{folder}/media:/srv/media:ro",
        ),
        *("--publish", "127.0.0.1::8443", "--publish", "127.0.0.1::8080", name),
    )


def furnish(folder: Path) -> None:
    """Put files where the portal would have them, for any user to read."""
    static, media = folder / "static", folder / "media/ab/cd"
    for place in (static, media):
        place.mkdir(parents=True)
    for place in (folder, *folder.rglob("*")):
        place.chmod(0o755)
    (static / HASHED).write_text("p { margin: 0 }\n" * 200)
    (static / "plain.css").write_text("p { margin: 0 }\n")
    (static / "staticfiles.json").write_text("{}")
    (media / "letter").write_bytes(b"0123456789" * 10)
    for file in (*static.iterdir(), media / "letter"):
        file.chmod(0o644)


def published(name: str, port: int) -> str:
    """Where a port of nginx is reached from outside."""
    found = re.search(r":(\d+)$", docker("port", f"{name}-nginx", str(port)), re.MULTILINE)
    assert found
    return f"localhost:{found[1]}"


def remove_all(name: str) -> None:
    """Remove the network's containers."""
    found = docker("ps", "--all", "--quiet", "--filter", f"network={name}").split()
    if found:
        docker("rm", "--force", "--volumes", *found)
