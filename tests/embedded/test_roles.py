"""The application role works with the tables, and owns none."""

from collections.abc import Iterator

import psycopg2
import pytest

from tests.servers import RunningStack


@pytest.fixture
def owner(stack: RunningStack) -> Iterator["psycopg2.extensions.cursor"]:
    yield from _cursor(stack.facts["admin_database_url"])


@pytest.fixture
def app(stack: RunningStack) -> Iterator["psycopg2.extensions.cursor"]:
    yield from _cursor(stack.facts["database_url"])


def test_the_application_role_uses_what_the_owner_makes(
    owner: "psycopg2.extensions.cursor", app: "psycopg2.extensions.cursor"
) -> None:
    owner.execute("CREATE TABLE lesson (id bigserial PRIMARY KEY, title text)")

    app.execute("INSERT INTO lesson (title) VALUES ('one') RETURNING id")
    app.execute("UPDATE lesson SET title = 'two'")
    app.execute("DELETE FROM lesson")

    app.execute("SELECT tableowner FROM pg_tables WHERE schemaname = 'public'")
    assert set(app.fetchall()) == {("schoolbell_owner",)}


def test_the_application_role_has_no_rights_of_its_own(app: "psycopg2.extensions.cursor") -> None:
    app.execute(
        "SELECT rolsuper, rolcreatedb, rolcreaterole, rolbypassrls FROM pg_roles"
        " WHERE rolname = current_user"
    )
    assert app.fetchone() == (False, False, False, False)
    for forbidden in ("CREATE TABLE mine ()", "CREATE DATABASE mine", "CREATE SCHEMA mine"):
        with pytest.raises(psycopg2.errors.InsufficientPrivilege):
            app.execute(forbidden)


def test_the_application_role_cannot_run_for_ever(app: "psycopg2.extensions.cursor") -> None:
    app.execute("SHOW statement_timeout")
    assert app.fetchone() == ("30s",)


def _cursor(url: str) -> Iterator["psycopg2.extensions.cursor"]:
    connection = psycopg2.connect(url)
    connection.autocommit = True
    with connection.cursor() as cursor:
        yield cursor
    connection.close()
