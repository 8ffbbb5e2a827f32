"""A stack starts, tells where it is, and leaves nothing behind."""

import json
import signal
import stat
from pathlib import Path
from urllib.request import urlopen

import psutil
import psycopg2
import pytest

from infra.local.leftovers import runs
from infra.local.ports import free_port
from tests.embedded.conftest import SMALL
from tests.servers import READY, RunningStack, running_stack


def test_the_last_line_says_where_and_the_stack_file_what(home: Path) -> None:
    port = free_port()
    with running_stack(home, module=SMALL, PORT=str(port)) as stack:
        assert stack.output.splitlines()[-1] == f"{READY}http://127.0.0.1:{port}"
        facts = stack.facts
        assert facts["base_url"] == f"http://127.0.0.1:{port}"
        assert facts["database_url"].startswith("postgresql://schoolbell_app:")
        assert facts["admin_database_url"].startswith("postgresql://schoolbell_owner:")
        assert facts["redis_url"].startswith("redis://:")
        assert facts["mailbox_dir"] == str(home / "mailbox")
        assert facts["supervisor"] == stack.popen.pid
        assert set(stack.pids()) == {"postgres", "redis", "smtp", "web"}
        assert psutil.Process(stack.process("postgres")).name() == "postgres"
        assert stat.S_IMODE((home / "stack.json").stat().st_mode) == 0o600
        with urlopen(stack.base_url) as answer:  # noqa: S310 - our own address
            assert answer.status == 200


@pytest.mark.parametrize("signum", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_signal_stops_everything_and_the_data_stays(
    tmp_path_factory: pytest.TempPathFactory, signum: signal.Signals
) -> None:
    home = tmp_path_factory.getbasetemp() / "kept-home"
    with running_stack(home, module=SMALL) as stack:
        with _connection(stack.facts["admin_database_url"]) as connection:
            connection.cursor().execute("CREATE TABLE IF NOT EXISTS kept AS SELECT 1 AS one")
        everything = stack.all_processes()

        assert stack.stop(signum) == 0

        assert [each for each in everything if runs(each)] == []
        assert not (home / "stack.json").exists()
        assert list((home / "run").iterdir()) == []


def test_stopped_programs_do_not_hold_up_the_stop(home: Path) -> None:
    with running_stack(home, module=SMALL) as stack:
        everything = stack.all_processes()
        for name in ("web", "smtp", "redis", "postgres"):
            stack.send(name, signal.SIGSTOP)

        assert stack.stop() == 0

        assert [each for each in everything if runs(each)] == []


def test_no_secret_is_on_a_command_line_or_in_a_log(stack: RunningStack) -> None:
    secrets = json.loads((stack.home / "secrets.json").read_text()).values()
    told = [" ".join(each.cmdline()) for each in stack.all_processes()]
    told += [log.read_text() for log in (stack.home / "log").iterdir()]
    told.append(stack.output)

    assert [secret for secret in secrets for text in told if secret in text] == []


def test_two_stacks_run_side_by_side(tmp_path: Path) -> None:
    with (
        running_stack(tmp_path / "one", module=SMALL) as one,
        running_stack(tmp_path / "two", module=SMALL) as two,
    ):
        assert one.base_url != two.base_url
        assert set(one.pids().values()).isdisjoint(two.pids().values())
        one.stop()
        with urlopen(two.base_url) as answer:  # noqa: S310 - our own address
            assert answer.status == 200


def _connection(url: str) -> "psycopg2.extensions.connection":
    connection = psycopg2.connect(url)
    connection.autocommit = True
    return connection
