"""What nginx does for web: who gets a request, what web is told, and what it is spared."""

import socket
import ssl
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from http import HTTPStatus
from typing import Any, Final

import httpx
import pytest

from tests.stack.containers import Stage
from tests.stack.test_nginx import tls_socket, trusting

MIB: Final = 2**20
LARGEST: Final = 100 * MIB  # a file; the form around it may have a megabyte
PERSON: Final = {"Cookie": "sessionid=abcdefghijklmnopqrstuvwxyz012345"}
KNOWN_WITHIN: Final = 5.0  # seconds


@pytest.fixture
def client(stage: Stage) -> Iterator[httpx.Client]:
    """A browser that nobody has signed in with."""
    with stage.front.client() as client:
        yield client


@pytest.fixture
def second(stage: Stage) -> Iterator[str]:
    """Another replica of web, which nginx knows of."""
    name = stage.add(2)
    await_web(stage, name)
    yield name
    stage.remove(2)


def await_web(stage: Stage, name: str) -> None:
    """Wait until nginx knows of a replica, which it asks for every two seconds."""
    until = time.monotonic() + KNOWN_WITHIN
    with stage.front.client() as client:
        while client.get("/api/who").json().get("web") != name:
            assert time.monotonic() < until, f"nothing goes to {name}"
            time.sleep(0.02)


def webs(client: httpx.Client, count: int = 60) -> set[str]:
    """Which replicas answer."""
    return {client.get("/who").raise_for_status().json()["web"] for _ in range(count)}


# Replicas


def test_replicas_share_the_requests_without_a_restart(client: httpx.Client, second: str) -> None:
    assert webs(client) == {"web-1", second}


def test_a_killed_replica_is_missed_by_nobody(client: httpx.Client, stage: Stage) -> None:
    await_web(stage, stage.add(3))

    stage.remove(3)  # for two seconds nginx thinks that it is there

    for _ in range(20):
        assert client.post("/who").raise_for_status().json()["web"] == "web-1"


def test_a_lost_get_is_asked_of_another(client: httpx.Client, stage: Stage, second: str) -> None:
    for _ in range(20):
        assert client.get("/hang-up", params={"but": second}).json()["web"] == second
    assert "GET /hang-up" in stage.asked(1)


@pytest.mark.parametrize("method", ["POST", "PATCH"])
def test_a_lost_post_is_not_sent_twice(
    client: httpx.Client, stage: Stage, second: str, method: str
) -> None:
    """It may have been carried out: who sent it has to ask."""
    before = sum(stage.asked(number).count(f"{method} /hang-up") for number in (1, 2))

    lost = [client.request(method, "/hang-up").status_code for _ in range(10)]

    after = sum(stage.asked(number).count(f"{method} /hang-up") for number in (1, 2))
    assert lost == [502] * 10
    assert after - before == 10


def test_without_any_replica_the_portal_is_not_ready(client: httpx.Client, stage: Stage) -> None:
    stage.remove(1)
    try:
        page, problem = client.get("/homework/1"), client.get("/api/homework")
        upload = client.post("/api/files", headers=PERSON)
    finally:
        await_web(stage, stage.add(1))

    assert page.status_code in {502, 504}  # its address may be known yet
    assert "The portal is not ready" in page.text
    assert page.headers["retry-after"] == "5"
    assert problem.status_code in {502, 504}
    assert problem.headers["retry-after"] == "5"
    assert problem.json()["detail"] == "The portal is not ready. Try again in a moment."
    assert upload.status_code == 503
    assert upload.headers["content-type"] == "application/problem+json"


def test_sockets_spread_over_the_replicas(stage: Stage, second: str) -> None:
    assert {socket_name(stage) for _ in range(30)} == {"web-1", second}


# What web is told


def test_web_is_told_the_callers_address_and_nothing_the_caller_says(client: httpx.Client) -> None:
    lies = {
        "X-Forwarded-For": "6.6.6.6",
        "X-Forwarded-Proto": "http",
        "X-Forwarded-Host": "evil.example",
        "X-Real-IP": "6.6.6.6",
        "Forwarded": "for=6.6.6.6",
        "X-Original-URI": "/evil",
        "Proxy": "evil",
    }
    told = client.get("/who", headers=lies).json()["headers"]

    assert told["X-Forwarded-Proto"] == "https"
    assert told["X-Forwarded-For"].count(".") == 3
    assert "6.6.6.6" not in str(told)
    assert "evil" not in str(told)
    assert told["Host"] == client.base_url.netloc.decode()
    assert len(told["X-Request-ID"]) == 32


def test_flower_is_for_operators_and_learns_no_secret(client: httpx.Client) -> None:
    operator = {"Cookie": "who=operator", "Authorization": "Bearer a.b.c"}
    shown = client.get("/flower/workers?refresh=1", headers=operator)
    refused = client.get("/flower/workers", headers={"Cookie": "who=teacher"})

    assert shown.json()["web"] == "flower-1"
    assert shown.json()["path"] == "/flower/workers?refresh=1"
    assert {"Cookie", "Authorization"}.isdisjoint(shown.json()["headers"])
    assert "frame-ancestors 'none'" in shown.headers["content-security-policy"]
    assert refused.status_code == 403
    assert "for the people who run the portal" in refused.text


def test_web_learns_what_an_operator_wants_to_do(client: httpx.Client, stage: Stage) -> None:
    client.post("/flower/api/worker/shutdown/w?x=1", headers={"Cookie": "who=operator"})

    assert stage.asked(1)[-2:] == ["GET /ops/access", "may POST /flower/api/worker/shutdown/w"]


def test_operators_pages_are_webs(client: httpx.Client) -> None:
    shown = client.get("/ops/queues", headers={"Cookie": "who=operator"})
    refused = client.get("/ops", headers={"Cookie": "who=teacher"})

    assert shown.json()["path"] == "/ops/queues"
    assert shown.headers.get_list("content-security-policy") == ["default-src 'self'"]
    assert refused.status_code == 403


# Bodies


def form(size: int) -> Iterator[bytes]:
    """A body of this size."""
    for begin in range(0, size, MIB):
        yield b"x" * min(MIB, size - begin)


def upload(client: httpx.Client, size: int, **headers: str) -> httpx.Response:
    """Send a file's form."""
    length = {"Content-Length": str(size)}
    return client.post("/api/files", content=form(size), headers=PERSON | length | headers)


def test_a_hundred_megabytes_are_taken_and_more_are_not(client: httpx.Client) -> None:
    taken = upload(client, LARGEST + MIB)
    refused = upload(client, LARGEST + MIB + 1)

    assert taken.json()["length"] == LARGEST + MIB
    assert refused.status_code == 413
    assert refused.headers["content-type"] == "application/problem+json"


def test_a_body_without_a_length_is_counted_too(client: httpx.Client) -> None:
    answer = client.post("/api/homework", content=form(2 * MIB), headers=PERSON)

    assert answer.status_code == 413


def test_web_sees_an_upload_when_it_is_whole(stage: Stage) -> None:
    """However slowly it comes, and whatever becomes of web meanwhile."""
    uploads = stage.asked(1).count("POST /api/files")
    head = "POST /api/files HTTP/1.1\r\nHost: localhost\r\nCookie: sessionid=abcdefghijklmnopqr\r\n"
    with tls_socket(stage.front, trusting()) as connection:
        connection.sendall(f"{head}Content-Length: 200000\r\nConnection: close\r\n\r\n".encode())
        connection.sendall(b"x" * 100_000)
        time.sleep(0.5)
        assert stage.asked(1).count("POST /api/files") == uploads
        connection.sendall(b"x" * 100_000)
        assert connection.recv(100).startswith(b"HTTP/1.1 200")
    assert stage.asked(1).count("POST /api/files") == uploads + 1


# Files


def test_a_file_comes_from_the_disk_with_what_web_said_of_it(client: httpx.Client) -> None:
    answer = client.get("/api/files/1/content", headers={"X-Request-ID": "mine"})

    assert answer.content == b"0123456789" * 10
    headers = answer.headers
    assert headers["content-type"] == "application/pdf"
    assert headers["content-disposition"] == 'attachment; filename="letter.pdf"'
    assert headers["content-security-policy"] == "sandbox; default-src 'none'"
    assert headers["cache-control"] == "private, no-cache"
    assert headers["vary"] == "Cookie, Authorization, X-Centre"
    assert headers["etag"] == '"abc123"'
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["permissions-policy"] == "camera=()"
    assert headers["x-request-id"] == "mine"
    assert "x-accel-redirect" not in headers
    names = [name for name, _ in headers.multi_items()]
    assert len(names) == len(set(names))


def test_a_part_of_a_file_is_sent_if_it_is_still_the_same(client: httpx.Client) -> None:
    asked = {"Range": "bytes=10-14"}
    part = client.get("/api/files/1/content", headers=asked)
    same = client.get("/api/files/1/content", headers=asked | {"If-Range": '"abc123"'})
    other = client.get("/api/files/1/content", headers=asked | {"If-Range": '"old"'})
    beyond = client.get("/api/files/1/content", headers={"Range": "bytes=100-"})

    assert (part.status_code, part.content) == (206, b"01234")
    assert part.headers["content-range"] == "bytes 10-14/100"
    assert same.status_code == 206
    assert (other.status_code, len(other.content)) == (200, 100)
    assert beyond.status_code == 416


def test_a_file_that_nginx_does_not_find_is_a_problem(client: httpx.Client) -> None:
    answer = client.get("/api/files/2/content")

    assert answer.status_code == 404
    assert answer.headers["content-type"] == "application/problem+json"
    assert "no-store" in answer.headers.get_list("cache-control")


# Limits


def statuses(
    client: httpx.Client, method: str, path: str, count: int, **who: str
) -> dict[int, int]:
    """How often each status came, of so many requests sent as fast as it goes."""
    with ThreadPoolExecutor(8) as pool:
        asked = [pool.submit(client.request, method, path, headers=who) for _ in range(count)]
        found = [each.result().status_code for each in asked]
    return {status: found.count(status) for status in set(found)}


def test_one_person_may_not_ask_for_everything(client: httpx.Client) -> None:
    """The others, from the same address, still may."""
    greedy = {"Cookie": "sessionid=greedygreedygreedygreedygreedyaa"}
    found = statuses(client, "GET", "/who", 600, **greedy)
    tries = (client.get("/api/who", headers=greedy) for _ in range(20))  # now and then one may
    refused = next(answer for answer in tries if answer.status_code == HTTPStatus.TOO_MANY_REQUESTS)
    other = client.get("/api/who", headers=PERSON)

    assert found[200] >= 150
    assert found[429] > 100
    assert refused.headers["retry-after"] == "5"
    assert refused.json()["title"] == "Too Many Requests"
    assert other.status_code == 200


def test_a_bearer_counts_by_the_token(client: httpx.Client) -> None:
    token = {"Authorization": "Bearer eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2lnbmF0dXJlLW9mLW1pbmU"}
    found = statuses(client, "GET", "/who", 400, **token)

    assert found[429] > 0
    assert client.get("/who", headers=PERSON).status_code == 200


def test_a_class_may_sign_in_at_once(client: httpx.Client) -> None:
    assert statuses(client, "POST", "/api/auth/login", 150) == {200: 150}


# Logs


def test_the_log_holds_no_query_and_no_token(client: httpx.Client, stage: Stage) -> None:
    headers = {"Referer": "https://localhost/?secret=1", "User-Agent": 'a "quoted" one'}
    client.get("/who?secret=1", headers=headers | {"X-Request-ID": "logged"})
    client.get("/join/secret-token", headers={"X-Request-ID": "joined"})
    client.post("/metrics?secret=1", headers={"X-Request-ID": "refused"})

    by_id: dict[str, dict[str, Any]] = {line["request_id"]: line for line in stage.log()}
    logged = by_id["logged"]
    assert (logged["method"], logged["path"], logged["status"]) == ("GET", "/who", 200)
    assert logged["web"].endswith(":8000")
    assert logged["agent"] == 'a "quoted" one'
    assert by_id["joined"]["path"] == "/join/-"
    assert (by_id["refused"]["method"], by_id["refused"]["status"]) == ("POST", 404)
    assert "secret" not in str(list(by_id.values()))


def socket_name(stage: Stage) -> str:
    """Which replica a WebSocket leads to."""
    handshake = (
        "GET /ws/ HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"
    )
    with tls_socket(stage.front, trusting()) as connection:
        connection.sendall(handshake.encode())
        answer = received(connection)
    assert answer.startswith(b"HTTP/1.1 101")
    head, _, frame = answer.partition(b"\r\n\r\n")
    assert b"s3pPLMBiTxaQ9kYGzzhZRbK+xOo=" in head  # of this key, in RFC 6455
    return frame[2:].decode()


def received(connection: ssl.SSLSocket | socket.socket) -> bytes:
    """What comes until the first frame is whole."""
    answer = b""
    while b"web-" not in answer.partition(b"\r\n\r\n")[2]:
        more = connection.recv(1000)
        assert more, answer
        answer += more
    return answer
