"""`make deploy-check`: an unsafe environment is refused, with all that is wrong in one list."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from core.deploy_check import problems

GOOD = {
    "SECRET_KEY": "k3J9x-0123456789-abcdefghijklmnopqrstuvwxyz-ABCDEFGH",
    "ALLOWED_HOSTS": "portal.example",
    "BASE_URL": "https://portal.example",
    "SERVER_NAME": "portal.example",
    "DB_PASSWORD": "1f0c2b7d9a6e",
    "DB_OWNER_PASSWORD": "2f0c2b7d9a6e",
    "DB_BACKUP_PASSWORD": "3f0c2b7d9a6e",
    "POSTGRES_PASSWORD": "4f0c2b7d9a6e",
    "PGBOUNCER_PASSWORD": "5f0c2b7d9a6e",
    "REDIS_PASSWORD": "6f0c2b7d9a6e",
    "SMTP_HOST": "smtp.portal.example",
}


@pytest.fixture
def environment(tmp_path: Path) -> Path:
    """The good environment, and the certificate it names."""
    for name in ("fullchain.pem", "privkey.pem"):
        (tmp_path / name).touch()
    return written(tmp_path, {})


def written(folder: Path, changed: dict[str, str], mode: int = 0o600) -> Path:
    """The good environment with these changes."""
    file = folder / ".env"
    variables = {**GOOD, "TLS_DIR": str(folder), **changed}
    file.write_text("".join(f"{name}={value}\n" for name, value in variables.items()))
    file.chmod(mode)
    return file


def check(file: Path) -> "subprocess.CompletedProcess[str]":
    """Run it as an operator does."""
    return subprocess.run(
        [sys.executable, "-m", "core.deploy_check", str(file)],
        env={"PATH": os.environ["PATH"]},
        capture_output=True,
        text=True,
        check=False,
    )


def test_a_safe_one_passes(environment: Path) -> None:
    checked = check(environment)
    assert (checked.returncode, checked.stderr) == (0, "")


@pytest.mark.parametrize(
    ("changed", "told"),
    [
        ({"DEBUG": "true"}, "DEBUG: must be false"),
        ({"SECRET_KEY": "x" * 60}, "SECRET_KEY: is not random"),
        ({"SECRET_KEY": ""}, "SECRET_KEY: "),
        ({"REDIS_PASSWORD": ""}, "REDIS_PASSWORD: "),
        ({"REDIS_PASSWORD": "short"}, "REDIS_PASSWORD: is shorter"),
        ({"DB_PASSWORD": "schoolbell_app"}, "DB_PASSWORD: is one that everybody tries"),
        ({"DB_PASSWORD": "4f0c2b7d9a6e"}, "DB_PASSWORD, POSTGRES_PASSWORD: are the same"),
        ({"BASE_URL": "http://portal.example"}, "BASE_URL: must begin"),
        ({"ALLOWED_HOSTS": "*"}, "ALLOWED_HOSTS: `*`"),
        ({"ALLOWED_HOSTS": "other.example"}, "ALLOWED_HOSTS: the host of BASE_URL"),
        ({"REQUIRE_SECOND_FACTOR": "false"}, "REQUIRE_SECOND_FACTOR: "),
        ({"SMTP_HOST": "mail"}, "SMTP_HOST: `mail` only catches"),
        ({"MAILBOX_DIR": "/srv/mailbox"}, "MAILBOX_DIR: "),
        ({"TLS_DIR": "/nowhere"}, "TLS_DIR: there is no fullchain.pem"),
        ({"PGBOUNCER_POOL_SIZE": "51"}, "PGBOUNCER_POOL_SIZE: "),
        ({"PGBOUNCER_MAX_CLIENTS": "300"}, "PGBOUNCER_MAX_CLIENTS: 3 web and 16 worker"),
    ],
)
def test_an_unsafe_one_is_named(
    environment: Path, changed: dict[str, str], told: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(os, "environ", {})  # which would come before the file
    found, *_ = problems(written(environment.parent, changed))
    assert found.startswith(told)


def test_all_is_named_at_once_and_no_secret_is_told(environment: Path) -> None:
    changed = {"DB_PASSWORD": "hunter2", "BASE_URL": "http://portal.example"}
    checked = check(written(environment.parent, changed, 0o644))
    assert checked.returncode == 1
    for told in ("others may read it", "DB_PASSWORD: ", "BASE_URL: "):
        assert told in checked.stderr
    assert "hunter2" not in checked.stderr


def test_a_missing_file_is_told(tmp_path: Path) -> None:
    assert "no such file" in check(tmp_path / ".env").stderr
