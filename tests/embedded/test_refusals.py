"""What keeps a stack from starting is said in one line, and nothing was started."""

import shutil
import socket
from collections import namedtuple
from pathlib import Path

import pytest

from infra.local.home import LONGEST_PATH, prepare_home
from infra.local.passwords import load_passwords
from infra.local.ports import HOST
from infra.local.problem import ProblemError
from tests.embedded.conftest import SMALL
from tests.servers import RunningStack, start_stack

Usage = namedtuple("Usage", "total used free")


def test_a_taken_port_is_named(home: Path) -> None:
    with socket.create_server((HOST, 0)) as taken:
        port = taken.getsockname()[1]
        refused = start_stack(home, module=SMALL, PORT=str(port))
        assert refused.popen.wait(timeout=20) == 2
    assert f"port {port} (from PORT) cannot be used" in refused.output
    assert not (home / "postgres").exists()


@pytest.mark.parametrize("port", ["school", "0", "70000", "-1"])
def test_a_port_that_is_none_is_refused(home: Path, port: str) -> None:
    refused = start_stack(home, module=SMALL, PORT=port)
    assert refused.popen.wait(timeout=20) == 2
    assert "is not a port number" in refused.output


def test_a_second_start_in_the_same_home_names_the_first(stack: RunningStack) -> None:
    second = start_stack(stack.home, module=SMALL)
    assert second.popen.wait(timeout=20) == 2
    assert f"already runs in {stack.home} at {stack.base_url}" in second.output
    assert f"(pid {stack.popen.pid})" in second.output


def test_a_database_of_another_version_is_left_alone(home: Path) -> None:
    load_passwords(prepare_home(home))
    (home / "postgres").mkdir()
    (home / "postgres" / "PG_VERSION").write_text("99\n")
    refused = start_stack(home, module=SMALL)
    assert refused.popen.wait(timeout=20) == 2
    assert "was made by PostgreSQL 99" in refused.output
    assert "Traceback" not in refused.output


def test_a_home_without_its_passwords_is_left_alone(home: Path) -> None:
    (home / "postgres").mkdir(parents=True)
    refused = start_stack(home, module=SMALL)
    assert refused.popen.wait(timeout=20) == 2
    assert "secrets.json is missing" in refused.output


def test_a_home_that_is_a_file_cannot_be_used(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(ProblemError, match="cannot be used"):
        prepare_home(tmp_path / "file")
    with pytest.raises(ProblemError, match="cannot be used: Not a directory"):
        prepare_home(tmp_path / "file" / "home")


def test_a_home_that_cannot_be_written_cannot_be_used() -> None:
    with pytest.raises(ProblemError, match="/proc/schoolbell cannot be used"):
        prepare_home(Path("/proc/schoolbell"))


def test_a_path_that_is_too_long_cannot_be_used(tmp_path: Path) -> None:
    with pytest.raises(ProblemError, match="longer than"):
        prepare_home(tmp_path / "/".join(["x" * 100] * (LONGEST_PATH // 100)))


def test_a_full_disk_cannot_be_used(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    usage = shutil.disk_usage(tmp_path)
    full = Usage(usage.total, usage.used, 10 * 2**20)
    monkeypatch.setattr(shutil, "disk_usage", lambda _path: full)
    with pytest.raises(ProblemError, match="10 MB left"):
        prepare_home(tmp_path / "home")


@pytest.mark.parametrize(
    ("broken", "how"),
    [
        ("step", "broken ended with exit code 3"),
        ("program", "broken died 3 times before it served"),
    ],
)
def test_what_does_not_come_up_is_shown_with_its_log(home: Path, broken: str, how: str) -> None:
    stack = start_stack(home, module="tests.embedded.broken_stack", SCHOOLBELL_BROKEN=broken)
    assert stack.popen.wait(timeout=20) == 1
    assert how in stack.output
    assert "    the reason of it" in stack.output
    assert list((home / "run").iterdir()) == []
