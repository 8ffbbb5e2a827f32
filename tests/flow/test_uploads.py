"""Files through the real web server: 100 MB are received and sent, and memory stays as it was."""

import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Final

import httpx
import psutil
import pytest

from tests.flow.uploads import picture
from tests.portal import Person
from tests.servers import RunningStack, wait_for

MB: Final = 2**20
MORE: Final = 30 * MB  # by which web may grow
BOUNDARY: Final = "boundary"
HEAD: Final = (
    f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="file"; filename="film.mp4"\r\n\r\n'
).encode() + b"\0\0\0\x18ftypmp42\0\0\0\0mp42isom"
TAIL: Final = f"\r\n--{BOUNDARY}--\r\n".encode()
BESIDES: Final = len(HEAD) - HEAD.index(b"\0\0\0\x18")  # of the file's bytes, those in HEAD


@pytest.fixture
def teacher(stack: RunningStack) -> Iterator[Person]:
    with Person(stack.base_url, "teacher@oakwood.example") as person:
        yield person


def film(size: int, sent: list[int] | None = None) -> Iterator[bytes]:
    """A form with a file of this many bytes, bit by bit; without a length it is sent chunked."""
    yield HEAD
    left = size - BESIDES
    while left > 0:
        bit = min(left, 2**16)
        yield bytes(bit)
        left -= bit
        if sent is not None:
            sent.append(bit)
    yield TAIL


def upload(person: Person, size: int, *, chunked: bool = False, key: str = "") -> httpx.Response:
    """The answer to an upload of so many bytes."""
    headers = {"Content-Type": f"multipart/form-data; boundary={BOUNDARY}"}
    if not chunked:
        headers["Content-Length"] = str(len(HEAD) + len(TAIL) + size - BESIDES)
    if key:
        headers["Idempotency-Key"] = key
    return person._trade("POST", "/api/files", content=film(size), headers=headers)


def left_of(stack: RunningStack) -> list[Path]:
    """All files of the media directory."""
    return [path for path in (stack.home / "media").rglob("*") if path.is_file()]


def growth(stack: RunningStack, work: Callable[[], Any]) -> int:
    """By how many bytes web's memory is larger at its largest, while something goes on."""
    web = psutil.Process(stack.process("web"))
    before = web.memory_info().rss
    largest, over = before, threading.Event()

    def watch() -> None:
        nonlocal largest
        while not over.wait(0.005):
            largest = max(largest, web.memory_info().rss)

    watcher = threading.Thread(target=watch)
    watcher.start()
    try:
        work()
    finally:
        over.set()
        watcher.join()
    return largest - before


@pytest.mark.timeout(180)
def test_memory_stays_as_it_was(stack: RunningStack, teacher: Person) -> None:
    assert upload(teacher, 3 * MB).status_code == 201  # so that everything is imported
    answers: list[httpx.Response] = []
    begin = time.monotonic()
    up = growth(stack, lambda: answers.append(upload(teacher, 100 * MB)))
    took = time.monotonic() - begin
    assert answers[0].status_code == 201, answers[0].text
    assert answers[0].json()["size"] == 100 * MB

    def fetch() -> None:
        address = f"/api/files/{answers[0].json()['id']}/content"
        with teacher.http.stream("GET", address) as got:
            assert got.status_code == 200
            assert sum(len(bit) for bit in got.iter_raw()) == 100 * MB

    down = growth(stack, fetch)
    keyed = growth(stack, lambda: answers.append(upload(teacher, 100 * MB, key="k")))
    assert answers[1].status_code == 201
    print(  # noqa: T201 - the figures of docs/adr/0018
        f"\nweb grew by {up / MB:.1f} MB during an upload of 100 MB ({took:.2f} s), by"
        f" {keyed / MB:.1f} MB with a key, by {down / MB:.1f} MB during the download"
    )
    assert max(up, keyed, down) < MORE


@pytest.mark.parametrize("chunked", [False, True])
@pytest.mark.parametrize("size", [100 * MB + 1, 101 * MB])
def test_more_than_100_mb_is_413_and_leaves_nothing(
    stack: RunningStack, teacher: Person, size: int, chunked: bool
) -> None:
    before = left_of(stack)
    answers: list[httpx.Response] = []
    grown = growth(stack, lambda: answers.append(upload(teacher, size, chunked=chunked)))
    (answer,) = answers
    assert answer.status_code == 413
    assert answer.json()["detail"] == "A file may have up to 100 MB."
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert left_of(stack) == before
    assert grown < MORE
    assert teacher.get("/api/me")["email"]  # the connection goes on


def test_a_body_without_end_is_answered_at_its_limit(teacher: Person) -> None:
    sent: list[int] = []
    headers = {"Content-Type": f"multipart/form-data; boundary={BOUNDARY}"}
    token = teacher.get("/api/csrf/")["csrf_token"]
    answer = teacher.http.post(
        "/api/files",
        content=film(150 * MB, sent),
        headers={**headers, "X-CSRFToken": token},
    )
    assert answer.status_code == 413


def test_a_form_of_unknown_length_is_read(teacher: Person) -> None:
    answer = upload(teacher, 2 * MB, chunked=True)
    assert answer.status_code == 201
    assert answer.json()["size"] == 2 * MB
    assert answer.json()["media_type"] == "video/mp4"


def test_json_is_small(teacher: Person) -> None:
    def endless() -> Iterator[bytes]:
        for _ in range(100):
            yield bytes(2**16)

    for content in (bytes(4 * MB), endless()):
        answer = teacher._trade(
            "POST",
            "/api/notices/read",
            content=content,
            headers={"Content-Type": "application/json"},
        )
        assert answer.status_code == 413


def test_who_hangs_up_leaves_nothing(stack: RunningStack, teacher: Person) -> None:
    before = left_of(stack)

    def broken() -> Iterator[bytes]:
        yield HEAD
        yield bytes(5 * MB)
        raise ConnectionResetError

    headers = {"Content-Type": f"multipart/form-data; boundary={BOUNDARY}"}
    with pytest.raises(ConnectionResetError):
        teacher._trade("POST", "/api/files", content=broken(), headers=headers)
    wait_for(lambda: left_of(stack) == before, seconds=5, what="the bytes to go")


def test_a_worker_draws_what_web_received(teacher: Person) -> None:
    token = teacher.get("/api/csrf/")["csrf_token"]

    answer = teacher.http.post(
        "/api/files", files={"file": ("a.png", picture())}, headers={"X-CSRFToken": token}
    )
    address = f"/api/files/{answer.json()['id']}"
    wait_for(lambda: teacher.get(address)["thumbnail"] == "ready", seconds=10, what="a thumbnail")
    small = teacher.http.get(f"{address}/thumbnail")
    assert small.content[8:12] == b"WEBP"
    assert teacher.http.head(f"{address}/content").headers["Content-Length"] == str(
        answer.json()["size"]
    )
    part = teacher.http.get(f"{address}/content", headers={"Range": "bytes=0-7"})
    assert part.status_code == 206
    assert part.content == b"\x89PNG\r\n\x1a\n"
