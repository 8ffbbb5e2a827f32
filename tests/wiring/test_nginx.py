"""nginx's configuration says the same as Django's code, and gixy finds nothing in it."""

import base64
import hashlib
import json
import re
import subprocess
import sys
from pathlib import Path
from typing import Any, Final

import pytest
from django.conf import settings

from core.api import api
from core.http.intake import limit_for
from core.http.request_id import FIT
from core.permissions import RULES

ROOT: Final = Path(__file__).parent.parent.parent
NGINX: Final = ROOT / "infra/nginx"
PORTAL: Final = (NGINX / "templates/portal.conf.template").read_text()
SITE: Final = {
    "SERVER_NAME": "portal.example www.portal.example",
    "BASE_URL": "https://portal.example",
    "WEB": "web:8000",
    "FLOWER": "flower:5555",
    "RESOLVER": "127.0.0.11",
    "UNLIMITED": "127.0.0.1/32",
}
MIB: Final = 2**20

# The pages whose forms carry files, and where each is sent.
FORMS: Final = {
    "submissions/homework.html": ["homework/<int:homework_id>/hand-in"],
    "imports/imports.html": ["imports"],
    "homework/form.html": [
        "classes/<int:class_id>/homework/new",
        "homework/<int:homework_id>/edit",
    ],
    "tickets/form.html": ["tickets/new"],
    "tickets/ticket.html": ["tickets/<int:ticket_id>"],
    "rooms/write.html": ["rooms/<int:room_id>"],
}
PICKER: Final = "files/picker.html"  # a part of those


@pytest.fixture
def rendered(tmp_path: Path) -> Path:
    """The whole configuration, as the container has it, elsewhere."""
    for source in (NGINX / "nginx.conf", *NGINX.glob("parts/*.conf"), *NGINX.glob("templates/*")):
        text = source.read_text()
        for name, value in SITE.items():
            text = text.replace(f"${{{name}}}", value)
        folder = "conf.d" if source.suffix == ".template" else source.parent.relative_to(NGINX)
        target = tmp_path / folder / source.name.removesuffix(".template")
        target.parent.mkdir(exist_ok=True)
        target.write_text(text.replace("/etc/nginx/", f"{tmp_path}/"))
    (tmp_path / "mime.types").write_text("types { text/html html; }")
    return tmp_path / "nginx.conf"


def test_gixy_finds_nothing(rendered: Path) -> None:
    """Not even what it thinks of little weight."""
    gixy = Path(sys.executable).with_name("gixy")
    done = subprocess.run(
        (gixy, "--format", "json", rendered), capture_output=True, text=True, check=False
    )
    assert done.stderr == ""
    assert [(found["plugin"], found["reason"]) for found in json.loads(done.stdout)] == []


def test_every_variable_of_the_templates_is_known(rendered: Path) -> None:
    left = re.findall(
        r"\$\{[A-Z_]+\}|\$[A-Z_]{2,}", rendered.parent.joinpath("conf.d/portal.conf").read_text()
    )
    assert left == []
    assert set(re.findall(r"\$\{([A-Z_]+)\}", PORTAL)) == set(SITE)


def test_what_takes_files_may_be_large() -> None:
    (uploads,) = re.findall(
        r"location ~ (\S+) \{(?:(?!\n    \}).)*client_max_body_size 101m", PORTAL, re.DOTALL
    )
    takes = {example(route) for routes in FORMS.values() for route in routes} | set(multipart())
    refuses = {example(rule.split(" ", 1)[1]) for rule in RULES} - takes

    assert [path for path in takes if not re.search(uploads, path)] == []
    assert [path for path in refuses if re.search(uploads, path)] == []


def test_all_forms_with_files_are_known() -> None:
    templates = ROOT / "core/templates"
    found = {
        str(path.relative_to(templates))
        for path in templates.rglob("*.html")
        if 'enctype="multipart/form-data"' in path.read_text()
    }
    assert found == {*FORMS, PICKER}
    assert {f"POST {route}" for routes in FORMS.values() for route in routes} <= set(RULES)


def test_django_and_nginx_take_as_much() -> None:
    assert limit_for(b"multipart/form-data") == 101 * MIB
    assert limit_for(b"application/json") >= 1 * MIB


def test_tokens_in_addresses_are_not_logged() -> None:
    (masked,) = re.findall(r'"(~\S+)" "\$\{token_place\}-"', (NGINX / "parts/log.conf").read_text())
    pattern = masked.removeprefix("~").replace("(?<", "(?P<")
    routes = {rule.split(" ", 1)[1] for rule in RULES if "<str:token>" in rule}
    assert routes
    assert [route for route in routes if not re.match(pattern, f"/{route}")] == []


def test_request_ids_are_those_that_django_takes() -> None:
    assert f"~^(?<given_id>{FIT.pattern})$" in (NGINX / "parts/requests.conf").read_text()


def test_cookies_have_the_names_that_nginx_reads() -> None:
    read = {
        name
        for path in NGINX.glob("parts/*.conf")
        for name in re.findall(r"\$cookie_(\w+)", path.read_text())
    }
    assert read == {settings.SESSION_COOKIE_NAME, settings.LANGUAGE_COOKIE_NAME}


def test_the_error_pages_style_is_the_one_that_is_allowed() -> None:
    (style,) = re.findall(
        r"<style>(.*?)</style>", (NGINX / "errors/page.html").read_text(), re.DOTALL
    )
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    assert f"'sha256-{digest}'" in (NGINX / "parts/errors.conf").read_text()


def multipart() -> list[str]:
    """The API's paths that take files."""
    described: dict[str, Any] = api.get_openapi_schema()
    return [
        re.sub(r"\{\w+\}", "7", path)
        for path, operations in described["paths"].items()
        for operation in operations.values()
        if "multipart/form-data" in operation.get("requestBody", {}).get("content", {})
    ]


def example(route: str) -> str:
    """A path of a route."""
    return "/" + re.sub(r"<\w+:\w+>", "7", route)
