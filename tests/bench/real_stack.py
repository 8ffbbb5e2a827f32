"""What the real stack does and takes: `python -m tests.bench.real_stack`; needs a Docker engine.

Requests a second and their p99 through TLS and nginx with one and three web, what a thousand idle
sockets cost a web, and what the whole stack takes when nothing happens.
"""

import asyncio
import json
import ssl
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from statistics import quantiles
from typing import Any, Final

import httpx
import psutil
from websockets.asyncio.client import connect

from tests.faults.signals import resident
from tests.portal import Person
from tests.stack.composed import ComposedStack, composed_stack

SECONDS: Final = 10.0
EVERYBODY: Final = "0.0.0.0/0"  # no limit counts: the load is one person's
CLIENTS: Final = 16
PATHS: Final = ("/api/me", "/api/homework", "/api/notices/unread", "/api/classes")
SOCKETS: Final = 1_000
MEGABYTE: Final = 2**20


async def ask(base_url: str, cookies: httpx.Cookies, until: float) -> list[float]:
    """One client, which asks for what follows as soon as it has an answer; seconds each."""
    took = []
    async with httpx.AsyncClient(base_url=base_url, cookies=cookies, timeout=30) as client:
        while time.monotonic() < until:
            for path in PATHS:
                begin = time.monotonic()
                (await client.get(path)).raise_for_status()
                took.append(time.monotonic() - begin)
    return took


async def requests(base_url: str, cookies: httpx.Cookies) -> str:
    """Requests a second and their p50 and p99, by so many clients at once."""
    until = time.monotonic() + SECONDS
    told = await asyncio.gather(*(ask(base_url, cookies, until) for _ in range(CLIENTS)))
    took = [each for client in told for each in client]
    cuts = quantiles(took, n=100)
    rate = len(took) / SECONDS
    return f"{rate:.0f} requests/s, p50 {cuts[49] * 1e3:.0f} ms, p99 {cuts[98] * 1e3:.0f} ms"


async def sockets(stack: ComposedStack, cookies: str) -> str:
    """What a web takes more for so many sockets that only listen."""
    web = [psutil.Process(stack.pids()["web"])]
    before = resident(web)
    url = stack.base_url.replace("https", "wss") + "/ws/"
    context = ssl.create_default_context()
    opened = []
    for _ in range(SOCKETS):
        socket = await connect(url, additional_headers={"Cookie": cookies}, ssl=context)
        await socket.send(json.dumps({"op": "subscribe", "stream": "me", "after": None}))
        opened.append(socket)
    await asyncio.sleep(5)
    grown = resident(web) - before
    processor = web[0].cpu_percent(interval=5)
    await asyncio.gather(*(socket.close() for socket in opened))
    return (
        f"{SOCKETS} idle sockets: {grown / MEGABYTE:.0f} MB, "
        f"{grown / SOCKETS / 1024:.0f} KiB each; {processor:.0f} % of a processor"
    )


def idle(stack: ComposedStack) -> Iterator[str]:
    """Memory and processors of each container, and together, when nothing happens."""
    total_memory, total_cpu = 0.0, 0.0
    for container in sorted(stack.containers(), key=lambda each: str(each.name)):
        memory, cpu = _taken(container)
        total_memory, total_cpu = total_memory + memory, total_cpu + cpu
        yield f"  {container.labels['com.docker.compose.service']:16} {memory:6.0f} MB {cpu:5.1f} %"
    yield f"  together         {total_memory:6.0f} MB {total_cpu:5.1f} % of a processor"


def _taken(container: Any) -> tuple[float, float]:
    first, last = container.stats(stream=False), container.stats(stream=False)
    cpu = (
        last["cpu_stats"]["cpu_usage"]["total_usage"]
        - first["cpu_stats"]["cpu_usage"]["total_usage"]
    )
    passed = last["cpu_stats"]["system_cpu_usage"] - first["cpu_stats"]["system_cpu_usage"]
    share = 100 * cpu / passed * last["cpu_stats"]["online_cpus"] if passed else 0.0
    return last["memory_stats"]["usage"] / MEGABYTE, share


def say(*lines: str) -> None:
    """Tell it at once."""
    sys.stdout.write("\n".join((*lines, "")))
    sys.stdout.flush()


def main() -> None:
    """Print it all."""
    with (
        tempfile.TemporaryDirectory() as folder,
        composed_stack(Path(folder), UNLIMITED=EVERYBODY) as stack,
    ):
        say(f"built in {stack.times.build:.0f} s, healthy after {stack.times.up:.0f} s")
        for image in ("app", "cleanup", "nginx", "pgbouncer", "postgres", "redis"):
            size = stack.engine.images.get(f"schoolbell/{image}:latest").attrs["Size"]
            say(f"  schoolbell/{image}: {size / 1e6:.0f} MB")
        time.sleep(30)
        say("idle", *idle(stack))
        with Person(stack.base_url, "student1@oakwood.example") as person:
            say("1 web: " + asyncio.run(requests(stack.base_url, person.http.cookies)))
            say(asyncio.run(sockets(stack, person.cookies())))
            stack.scale(web=3)
            say("3 web: " + asyncio.run(requests(stack.base_url, person.http.cookies)))


if __name__ == "__main__":
    main()
