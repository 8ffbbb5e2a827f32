"""One stack of containers: Compose's commands, and what they do not offer."""

import json
import os
import shutil
import subprocess
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

CHECKOUT: Final = Path(__file__).resolve().parents[2]
HEALTHY_SECONDS: Final = 180.0
# One service of each image: the others use what these build.
BUILT: Final = ("web", "worker-cleanup", "nginx", "pgbouncer", "postgres", "redis")
# What is replaced while the old goes on, together; the servers stay.
ROLLED: Final = (
    ("web",),
    ("worker-email", "worker-default", "worker-reports", "worker-cleanup"),
    ("relay", "beat", "beat-2"),
)
ALONE: Final = "flower"  # two would write the same file

# What Compose gets of the caller's environment: the rest stands in the .env, and a variable that
# happens to be set here would count more.
KEPT: Final = ("PATH", "HOME", "DOCKER_", "LANG", "TERM")


class StackError(Exception):
    """The stack cannot do that; the message says why."""


@dataclass(frozen=True)
class Stack:
    """A project of Compose with its environment."""

    project: str
    env_file: Path

    def compose(self, *arguments: str, capture: bool = False) -> str:
        """Run Compose; returns what it said where that is captured."""
        argv = (*_compose(), "--env-file", str(self.env_file), "-p", self.project, *arguments)
        return run(argv, capture=capture)

    def build(self) -> None:
        """Make the images."""
        self.compose("build", *BUILT)

    def up(self, *options: str) -> None:
        """Start what does not run, and wait until all is healthy."""
        self.compose("up", "-d", "--remove-orphans", *options)
        self.wait()

    def down(self, *options: str) -> None:
        """End and remove every container; with `--volumes` the data too."""
        self.compose("down", "--remove-orphans", *options)

    def containers(self, service: str = "") -> list[dict[str, Any]]:
        """What the engine knows of the project's containers, or of those of one service."""
        labels = [f"label=com.docker.compose.project={self.project}"]
        if service:
            labels.append(f"label=com.docker.compose.service={service}")
        filters = [part for label in labels for part in ("--filter", label)]
        ids = run(("docker", "ps", "--all", "--quiet", *filters), capture=True).split()
        told: list[dict[str, Any]] = json.loads(
            run(("docker", "inspect", *ids), capture=True) if ids else "[]"
        )
        return told

    def wait(self, seconds: float = HEALTHY_SECONDS) -> None:
        """Until each container is healthy, or has done its one task well."""
        deadline = time.monotonic() + seconds
        while waiting := [said for each in self.containers() if (said := _complaint(each))]:
            if time.monotonic() > deadline:
                raise StackError(f"Not healthy after {seconds:.0f} s: {', '.join(waiting)}")
            time.sleep(0.5)

    def roll(self) -> None:
        """Replace the portal's own containers by those of the images that are there now.

        New ones stand beside the old before these are told to stop: no request finds nobody, and
        what a worker has in hand is ended or given back. Migrations run first, so they must suit
        the old code too (docs/operations.md).
        """
        self.compose(
            "up", "--no-deps", "--force-recreate", "--exit-code-from", "migrate", "migrate"
        )
        self.compose("up", "--no-deps", "--force-recreate", "--exit-code-from", "static", "static")
        for services in ROLLED:
            self._replace(services)
        self.compose("up", "-d", "--no-deps", "--force-recreate", ALONE)
        self.wait()

    def _replace(self, services: Sequence[str]) -> None:
        old = {name: [each["Id"] for each in self.containers(name)] for name in services}
        twice = [part for name in services for part in ("--scale", f"{name}={2 * len(old[name])}")]
        self.compose("up", "-d", "--no-deps", "--no-recreate", *twice, *services)
        self.wait()
        ids = [container for found in old.values() for container in found]
        run(("docker", "stop", "--time", "40", *ids), capture=True)
        run(("docker", "rm", *ids), capture=True)


def run(argv: Sequence[str], *, capture: bool = False) -> str:
    """Run a command in the checkout; its own words are the error."""
    done = subprocess.run(
        argv,
        cwd=CHECKOUT,
        env={name: value for name, value in os.environ.items() if name.startswith(KEPT)},
        capture_output=capture,
        text=True,
        check=False,
        stdin=subprocess.DEVNULL,
    )
    if done.returncode:
        said = f": {done.stderr.strip()}" if capture else ""
        raise StackError(f"`{' '.join(argv[:6])} ...` ended with {done.returncode}{said}")
    return done.stdout or ""


def _compose() -> tuple[str, ...]:
    """Compose v2, or docker-compose 1.29."""
    v2 = subprocess.run(("docker", "compose", "version"), capture_output=True, check=False)
    if v2.returncode == 0:
        return ("docker", "compose")
    if found := shutil.which("docker-compose"):
        return (found,)
    raise StackError("Neither `docker compose` nor docker-compose is installed here.")


def _complaint(container: dict[str, Any]) -> str:
    """Why a container is not as it should be; '' when it is."""
    state, name = container["State"], container["Name"].lstrip("/")
    if state["Status"] == "exited":
        is_once = container["HostConfig"]["RestartPolicy"]["Name"] in {"no", ""}
        return "" if is_once and not state["ExitCode"] else f"{name} (exited {state['ExitCode']})"
    health = state.get("Health", {}).get("Status", "healthy")
    is_well = state["Status"] == "running" and health == "healthy"
    return "" if is_well else f"{name} ({health})"
