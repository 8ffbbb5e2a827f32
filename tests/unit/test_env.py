"""The environment is checked at the start, and every problem is named at once."""

import os
import subprocess
import sys

import pytest

GOOD = {"DEBUG": "true", "DB_USER": "a", "DB_PASSWORD": "b"}


def start(**variables: str) -> "subprocess.CompletedProcess[str]":
    """Read the environment in a process of its own."""
    return subprocess.run(
        [sys.executable, "-c", "from core.env import env; print(env().db_port)"],
        env={"PATH": os.environ["PATH"], **variables},
        capture_output=True,
        text=True,
        check=False,
    )


def test_a_good_environment_is_read() -> None:
    assert start(**GOOD, DB_PORT="6000").stdout == "6000\n"


def test_all_problems_are_named_together_without_their_values() -> None:
    ended = start(DB_PORT="70000", DB_NAME="a b", REDIS_PORT="x", SECRET_KEY="hunter2")
    assert ended.returncode == 1
    for name in ["DB_PORT", "DB_NAME", "DB_USER", "DB_PASSWORD", "REDIS_PORT", "SECRET_KEY"]:
        assert f"  {name}: " in ended.stderr
    assert "hunter2" not in ended.stderr
    assert "Traceback" not in ended.stderr


@pytest.mark.parametrize("missing", ["SECRET_KEY", "ALLOWED_HOSTS", "REDIS_PASSWORD"])
def test_production_wants_more(missing: str) -> None:
    production = GOOD | {
        "DEBUG": "false",
        "SECRET_KEY": "k" * 50,
        "ALLOWED_HOSTS": "school.example",
        "REDIS_PASSWORD": "p",
    }
    assert start(**production).returncode == 0
    del production[missing]
    assert f"  {missing}: " in start(**production).stderr
