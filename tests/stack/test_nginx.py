"""What nginx shows the outside, whoever stands behind it."""

import re
import socket
import ssl
from typing import Final
from urllib.parse import urlsplit

import httpx
import pytest

from tests.stack.containers import Front

# Once each; what a page may do in the browser is its own matter.
ONCE: Final = (
    "strict-transport-security",
    "x-content-type-options",
    "x-frame-options",
    "referrer-policy",
    "cross-origin-resource-policy",
    "content-security-policy",
    "x-request-id",
)
# What is for inside, in whatever spelling, and what only nginx itself asks for.
CLOSED: Final = (
    "/metrics",
    "/metrics/",
    "//metrics",
    "/%6detrics",
    "/x/../metrics",
    "/healthz",
    "/readyz",
    "/flower/metrics",
    "/flower/healthcheck",
    "/ops/access",
    "/nginx-ask/signed-in",
    "/nginx-error/page.html",
    "/nginx-error/problem",
    "/protected/ab/cd/letter",
    "/.env",
    "/.git/config",
    "/static/",
    "/static/staticfiles.json",
    "/static/../protected/ab/cd/letter",
)


def test_plain_http_leads_to_tls(front: Front) -> None:
    answer = httpx.get(f"{front.http}/homework/7?page=2")

    assert answer.status_code == 301
    assert answer.headers["location"].startswith("https://")
    assert answer.headers["location"].endswith("/homework/7?page=2")


def test_browsers_are_offered_http_2(front: Front) -> None:
    context = trusting()
    context.set_alpn_protocols(["h2", "http/1.1"])
    with tls_socket(front, context) as connection:
        assert connection.selected_alpn_protocol() == "h2"


def test_old_tls_is_refused(front: Front) -> None:
    context = trusting()
    context.minimum_version = ssl.TLSVersion.MINIMUM_SUPPORTED
    with pytest.warns(DeprecationWarning, match="TLSv1_1"):
        context.maximum_version = ssl.TLSVersion.TLSv1_1
    with pytest.raises(ssl.SSLError):
        tls_socket(front, context)


@pytest.mark.parametrize("path", ["/sign-in", "/static/plain.css", "/metrics", "/api/x/../../.env"])
def test_each_answer_says_once_how_it_is_to_be_handled(front: Front, path: str) -> None:
    with front.client() as client:
        answer = client.get(path)

    said = [name.lower() for name, _ in answer.headers.multi_items()]
    assert [name for name in ONCE if said.count(name) != 1] == []
    assert "max-age=31536000" in answer.headers["strict-transport-security"]
    assert not re.search(r"\d", answer.headers.get("server", ""))


def test_another_host_is_no_host_of_ours(front: Front) -> None:
    with pytest.raises(httpx.TransportError):
        httpx.get(front.http, headers={"Host": "evil.example"})
    with front.client() as client:
        assert client.get("/", headers={"Host": "evil.example"}).status_code == 421
    context = trusting()
    with pytest.raises(ssl.SSLError):
        tls_socket(front, context, name="evil.example")


@pytest.mark.parametrize("path", CLOSED)
def test_what_is_for_inside_is_not_there(front: Front, path: str) -> None:
    """Sent as it is written here: a client would tidy the path up."""
    assert raw_status(front, f"GET {path} HTTP/1.1") == 404


@pytest.mark.parametrize("path", ["/flower/", "/flower/api/workers?refresh=1", "/ops/", "/ops/x"])
def test_operators_pages_ask_for_a_sign_in(front: Front, path: str) -> None:
    with front.client() as client:
        answer = client.get(path)

    assert answer.status_code == 302
    assert answer.headers["location"] == f"/sign-in?next={path.partition('?')[0]}"


@pytest.mark.parametrize(
    ("wanted", "cookie", "language", "title"),
    [
        ("", "", "en", "There is nothing here"),
        ("es-ES,es;q=0.9,en;q=0.8", "", "es", "Aquí no hay nada"),
        ("ca,es;q=0.8", "", "es", "Aquí no hay nada"),
        ("en-GB,es;q=0.5", "", "en", "There is nothing here"),
        ("en", "es", "es", "Aquí no hay nada"),
        ("es", "en", "en", "There is nothing here"),
    ],
)
def test_an_error_page_speaks_the_readers_language(
    front: Front, wanted: str, cookie: str, language: str, title: str
) -> None:
    headers = {"Accept-Language": wanted} | (
        {"Cookie": f"django_language={cookie}"} if cookie else {}
    )
    with front.client() as client:
        answer = client.get("/metrics", headers=headers)

    assert answer.status_code == 404
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    assert answer.headers["content-language"] == language
    assert answer.headers["cache-control"] == "no-store"
    assert f"<h1>{title}</h1>" in answer.text
    assert f'<html lang="{language}">' in answer.text
    assert answer.headers["x-request-id"] in answer.text
    assert "nginx" not in answer.text
    assert "<!--" not in answer.text


def test_programs_are_told_of_too_large_bodies_as_a_problem(front: Front) -> None:
    with front.client() as client:
        answer = client.post("/api/auth/login", content=b"x" * (2**20 + 1))

    assert answer.status_code == 413
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json() == {
        "type": "about:blank",
        "title": "Request Entity Too Large",
        "status": 413,
        "detail": "The request is too large.",
        "errors": [],
        "request_id": answer.headers["x-request-id"],
    }


def test_people_are_told_of_too_large_bodies_on_a_page(front: Front) -> None:
    with front.client() as client:
        answer = client.post("/sign-in", content=b"x" * (2**20 + 1))

    assert answer.status_code == 413
    assert "up to 100 MB" in answer.text


def test_who_is_not_signed_in_gets_no_room_on_the_disk(front: Front) -> None:
    """Refused when the headers are in, before anything of a hundred megabytes is taken."""
    told = "Content-Type: multipart/form-data; boundary=x\r\nContent-Length: 90000000\r\n"

    assert raw_status(front, "POST /api/files HTTP/1.1", told) == 401


def test_the_request_id_is_taken_or_made(front: Front) -> None:
    with front.client() as client:
        taken = client.get("/sign-in", headers={"X-Request-ID": "from-a-phone.7"})
        refused = client.get("/metrics", headers={"X-Request-ID": "from-a-phone.8"})
        unfit = client.get("/sign-in", headers={"X-Request-ID": "<script>"})

    assert taken.headers["x-request-id"] == "from-a-phone.7"
    assert refused.headers["x-request-id"] == "from-a-phone.8"
    assert re.fullmatch(r"[0-9a-f]{32}", unfit.headers["x-request-id"])


def test_what_has_its_hash_in_its_name_is_kept_for_ever(front: Front) -> None:
    with front.client() as client:
        page = client.get("/sign-in").text
        (name, *_) = re.findall(r'href="(/static/[^"]+\.css)"', page)
        answer = client.get(name, headers={"Accept-Encoding": "gzip"})

    assert re.search(r"\.[0-9a-f]{12}\.css$", name)
    assert answer.headers["cache-control"] == "public, max-age=31536000, immutable"
    assert answer.headers["content-encoding"] == "gzip"
    assert answer.headers["content-type"] == "text/css"


def trusting() -> ssl.SSLContext:
    """TLS with whatever certificate there is."""
    context = ssl.create_default_context()
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    return context


def tls_socket(front: Front, context: ssl.SSLContext, name: str = "") -> ssl.SSLSocket:
    """A connection; for another name than the portal's, if one is given."""
    place = urlsplit(front.https)
    assert place.hostname
    plain = socket.create_connection((place.hostname, place.port or 443), timeout=10)
    try:
        return context.wrap_socket(plain, server_hostname=name or place.hostname)
    except OSError:
        plain.close()
        raise


def raw_status(front: Front, line: str, more: str = "") -> int:
    """The status of the answer to this request line."""
    host = urlsplit(front.https).netloc
    with tls_socket(front, trusting()) as connection:
        connection.sendall(f"{line}\r\nHost: {host}\r\n{more}Connection: close\r\n\r\n".encode())
        return int(connection.recv(100).split()[1])
