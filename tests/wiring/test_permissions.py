"""Every way in has a line in the permission table, and every line is a way in."""

import os
import subprocess
import sys
from collections.abc import Iterator
from typing import Any

from django.urls import URLPattern, URLResolver, get_resolver

from core.api import api
from core.gate import ADMIN
from core.permissions import AREAS, RULES

API = "api/"
DEVELOPMENT = "mailbox"


def routes_of(resolver: URLResolver, prefix: str = "") -> Iterator[str]:
    """Routes as requests carry them in `resolver_match.route`."""
    for pattern in resolver.url_patterns:
        route = prefix + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            yield from routes_of(pattern, route)
        elif isinstance(pattern, URLPattern):
            yield route


def operations() -> set[str]:
    """`METHOD route` of every operation of the API."""
    return {
        f"{method} {API}{path.replace('{', '<').replace('}', '>')}"
        for path, view in all_paths()
        for operation in view.operations
        for method in operation.methods
    }


def all_paths() -> Iterator[tuple[str, Any]]:
    """Each path of the API with what it does."""
    for router in api._get_bound_routers():
        yield from router.path_operations.items()


def served() -> set[str]:
    """The routes of the portal that lead anywhere; the bare `api/` is only a name for Ninja."""
    everything = set(routes_of(get_resolver("core.urls")))
    return {route for route in everything if not route.startswith(ADMIN)} - {API}


def test_every_route_has_a_line_and_every_line_a_route() -> None:
    in_table = {line.partition(" ")[2] for line in RULES}
    assert served() <= in_table
    assert {route for route in in_table - served() if not route.startswith(DEVELOPMENT)} == set()


def test_no_line_is_in_the_tables_of_two_areas() -> None:
    assert sum(len(area.RULES) for area in AREAS) == len(RULES)


def test_the_mailbox_is_not_there_in_production() -> None:
    code = "import django; django.setup(); import core.urls; print(*core.urls.urlpatterns)"
    production = {"DEBUG": "false", "SECRET_KEY": "k" * 50, "MAILBOX_DIR": "caught"}
    told = subprocess.run(
        [sys.executable, "-c", code],
        env={**os.environ, "DJANGO_SETTINGS_MODULE": "core.settings", **production},
        capture_output=True,
        text=True,
        check=True,
    )
    assert "healthz" in told.stdout
    assert DEVELOPMENT not in told.stdout


def test_every_operation_of_the_api_has_its_own_line() -> None:
    described = {f"GET {API}openapi.json", f"GET {API}docs"}
    in_table = {line for line in RULES if line.partition(" ")[2].startswith(API)}
    assert operations() | described == in_table


def test_who_may_come_in_unknown_is_a_short_list() -> None:
    unknown = {line for line, rule in RULES.items() if not rule.signed_in}
    assert {line for line in unknown if not line.startswith(f"GET {DEVELOPMENT}")} == {
        "GET healthz",
        "GET readyz",
        "GET metrics",
        "GET ops/access",  # says itself who is let through
        "GET api/csrf/",
        "POST api/auth/login",
        "POST api/auth/token",
        "POST api/auth/token/refresh",
        "POST api/auth/password/forgotten",
        "POST api/auth/password/reset",
        "GET api/openapi.json",
        "GET api/docs",
        "GET sign-in",
        "GET centre.css",
        "POST sign-in",
        "POST language",
        "GET sign-in/code",
        "POST sign-in/code",
        "GET password/forgotten",
        "POST password/forgotten",
        "GET password/new",
        "POST password/new",
        # mailed links, which name their own secret
        "GET join/<str:token>",
        "POST join/<str:token>",
        "GET confirm-email/<str:token>",
        "POST confirm-email/<str:token>",
        "GET unsubscribe/<str:token>",
        "POST unsubscribe/<str:token>",
        "POST unsubscribe/<str:token>/undo",
    }


def test_the_api_asks_for_a_sign_in_exactly_where_the_table_does() -> None:
    for path, view in all_paths():
        route = API + path.replace("{", "<").replace("}", ">")
        for operation in view.operations:
            for method in operation.methods:
                assert bool(operation.auth_callbacks) == RULES[f"{method} {route}"].signed_in
