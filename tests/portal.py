"""The portal as its clients use it: plain HTTP and a plain socket."""

import asyncio
import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any, Self

import httpx
from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed, WebSocketException

PASSWORD = "schoolbell-demo"


class Person:
    """Someone who has signed in through the API."""

    def __init__(self, base_url: str, email: str) -> None:
        self.base_url = base_url
        self.http = httpx.Client(base_url=base_url, timeout=30, headers={"Origin": base_url})
        signed_in = self._trade(
            "POST", "/api/auth/login", json={"email": email, "password": PASSWORD}
        )
        signed_in.raise_for_status()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_error: object) -> None:
        self.http.close()

    def get(self, path: str, **params: Any) -> Any:
        """The JSON of a page that must be there."""
        return self.http.get(path, params=params).raise_for_status().json()

    def post(
        self, path: str, body: dict[str, Any] | None = None, *, key: str = ""
    ) -> httpx.Response:
        """An unsafe request with what a browser sends along."""
        headers = {"Idempotency-Key": key} if key else {}
        return self._trade("POST", path, json=body or {}, headers=headers)

    def draft(self, title: str) -> str:
        """A homework for the person's first class, not published yet; returns its id."""
        (school_class, *_) = self.get("/api/classes")["items"]
        due_at = (datetime.now(UTC) + timedelta(days=7)).isoformat()
        body = {"title": title, "body": "Page 12.", "due_at": due_at}
        drafted = self.post(f"/api/classes/{school_class['id']}/homework", body)
        return str(drafted.raise_for_status().json()["id"])

    def publish(self, homework_id: str) -> float:
        """Publish it; returns how many seconds the answer took."""
        begin = time.monotonic()
        self.post(f"/api/homework/{homework_id}/publish").raise_for_status()
        return time.monotonic() - begin

    def cookies(self) -> str:
        """The Cookie header, for a socket."""
        return "; ".join(f"{name}={value}" for name, value in self.http.cookies.items())

    def _trade(self, method: str, path: str, **options: Any) -> httpx.Response:
        token = self.http.get("/api/csrf/").raise_for_status().json()["csrf_token"]
        headers = {"X-CSRFToken": token, **options.pop("headers", {})}
        return self.http.request(method, path, headers=headers, **options)


class Listener:
    """A browser tab that follows `me`: reconnects when cut off, from the last number it has.

    In a thread and a loop of its own: a client that reads in one thread and writes in another loses
    its request now and then, as the two are in OpenSSL at the same time.
    """

    def __init__(self, person: Person, base_url: str = "") -> None:
        self.entries: list[dict[str, Any]] = []
        self.arrived: dict[int, float] = {}  # number -> moment, on the monotonic clock
        self._person = person
        self._base_url = base_url or person.base_url
        self._subscribed = threading.Event()
        self._over = threading.Event()
        self._thread = threading.Thread(target=lambda: asyncio.run(self._run()), daemon=True)

    @property
    def numbers(self) -> list[int]:
        """The entries' numbers in the order in which they came."""
        return [entry["seq"] for entry in self.entries]

    def titles(self) -> list[str]:
        """What the entries said."""
        return [entry["data"]["title"] for entry in self.entries]

    async def _run(self) -> None:
        while not self._over.is_set():
            try:
                await self._listen()
            except (OSError, WebSocketException):
                await asyncio.sleep(0.2)

    async def _listen(self) -> None:
        url = self._base_url.replace("http", "ws") + "/ws/"
        headers = {"Cookie": self._person.cookies()}
        after = self.numbers[-1] if self.entries else 0
        wanted = {"op": "subscribe", "stream": "me", "after": after, "ref": "a"}
        async with connect(
            url, additional_headers=headers, open_timeout=2, max_queue=None
        ) as socket:
            await socket.send(json.dumps(wanted))
            while not self._over.is_set():
                try:
                    async with asyncio.timeout(0.2):
                        self._take(json.loads(await socket.recv()))
                except TimeoutError:
                    continue
                except ConnectionClosed:
                    return

    def _take(self, frame: dict[str, Any]) -> None:
        if frame["op"] == "subscribed":
            self._subscribed.set()
        if frame["op"] == "entry":
            self.arrived[frame["seq"]] = time.monotonic()
            self.entries.append(frame)


@contextmanager
def listening(person: Person, base_url: str = "") -> Iterator[Listener]:
    """A listener that has subscribed, at the web of this address if not at the person's own."""
    listener = Listener(person, base_url)
    listener._thread.start()
    assert listener._subscribed.wait(10), "the socket did not subscribe"
    try:
        yield listener
    finally:
        listener._over.set()
        listener._thread.join()
