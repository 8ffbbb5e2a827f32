"""On what a run was measured: machine, servers, packages."""

import os
import platform
from datetime import UTC, datetime
from importlib.metadata import distribution, distributions
from typing import Final

import psutil
from redis import Redis

from tests.bench.contenders import PEERS, Contender
from tests.bench.stage import Stage

PACKAGES: Final = ("celery", "kombu", "django", "psycopg2-binary", "redis")

Facts = dict[str, str]


def facts_of(stage: Stage, chosen: list[Contender]) -> Facts:
    """In the order of the report."""
    with Redis.from_url(stage.stack.redis_url) as redis:
        redis_version = redis.info("server")["redis_version"]
    return {
        "date": datetime.now(UTC).date().isoformat(),
        "system": platform.system(),
        "cores": str(os.cpu_count()),
        "memory": f"{psutil.virtual_memory().total / 2**30:.0f} GiB",
        "load before": f"{os.getloadavg()[0]:.2f}",
        "Python": platform.python_version(),
        "PostgreSQL": str(stage.ask("SHOW server_version")),
        "fsync": str(stage.ask("SHOW fsync")),
        "synchronous_commit": str(stage.ask("SHOW synchronous_commit")),
        "Redis": str(redis_version),
        **{name: distribution(name).version for name in PACKAGES},
        **_peers({contender.package for contender in chosen}),
    }


def _peers(packages: set[str]) -> Facts:
    wanted = packages | ({"psycopg"} if "procrastinate" in packages else set())
    found = {each.name.lower(): each.version for each in distributions(path=[str(PEERS)])}
    return {name: found[name] for name in sorted(wanted & found.keys())}
