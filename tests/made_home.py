"""Homes whose database is made already: once for each state of what makes it, then copied.

To make a cluster, to migrate it and to load the demo school takes ten seconds of work; a copy takes
a tenth of one. What was made lies in test-output/, and is made anew when one of its makers changes.
"""

import fcntl
import shutil
import subprocess
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from hashlib import sha256
from pathlib import Path
from typing import Final

import psycopg2

from infra.local.programs import steps
from infra.local.stack import CHECKOUT, DATABASE, OWNER, Stack
from tests.servers import plan_servers, running_servers

BARE: Final = "bare"  # beside the stack's database: another without the demo school
KEPT: Final = CHECKOUT / "test-output" / "made-home"
PARTS: Final = ("postgres", "secrets.json")  # one opens the other
# TABLE: what a database is made from.
MAKERS: Final = (
    "core/**/migrations/*.py",
    "core/**/*.sql",
    "core/demo/**/*.py",
    "core/*/demo.py",
    "infra/postgres/*.sql",
    "infra/local/postgres.py",
    "infra/local/stack.py",
    "requirements/base.txt",
    "tests/made_home.py",
)


def made_home(home: Path) -> Path:
    """Have a home begin with a migrated database and the demo school; returns it."""
    home.mkdir(mode=0o700, parents=True, exist_ok=True)
    with _locked():
        made = KEPT / _state()
        if not made.exists():
            _make(made)
        for part in PARTS:  # with owner and mode, so not shutil's copy
            subprocess.run(["cp", "-a", made / part, home / part], check=True)
    return home


def _state() -> str:
    """The makers' state."""
    digest = sha256(str(CHECKOUT).encode())
    for file in sorted({file for pattern in MAKERS for file in CHECKOUT.glob(pattern)}):
        digest.update(f"{file.relative_to(CHECKOUT)}\n".encode() + file.read_bytes())
    return digest.hexdigest()[:16]


@contextmanager
def _locked() -> Iterator[None]:
    """Of processes that want it at once, one makes it."""
    KEPT.mkdir(parents=True, exist_ok=True)
    with (KEPT / "lock").open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def _make(made: Path) -> None:
    """As a start from nothing does it; in a folder that the server's user can enter."""
    for old in KEPT.glob("*/"):
        shutil.rmtree(old)
    with tempfile.TemporaryDirectory(prefix="schoolbell-made-") as folder:
        stack = plan_servers(Path(folder) / "home")
        with running_servers(stack):
            migrate, demo = steps(stack)
            _run(migrate.argv, migrate.env)
            _copy_database(stack)
            _run(demo.argv, demo.env)
        unfinished = made.with_name("unfinished")
        unfinished.mkdir(mode=0o700)
        for part in PARTS:
            subprocess.run(["cp", "-a", stack.home.root / part, unfinished / part], check=True)
        unfinished.rename(made)


def _run(argv: tuple[str, ...], env: Mapping[str, str]) -> None:
    done = subprocess.run(argv, env=env, cwd=CHECKOUT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def _copy_database(stack: Stack) -> None:
    # From another database: nobody may be in the one that is copied.
    owner = psycopg2.connect(stack.database_url(OWNER), dbname="postgres")
    owner.autocommit = True
    with owner.cursor() as cursor:
        cursor.execute(f"CREATE DATABASE {BARE} TEMPLATE {DATABASE}")
    owner.close()
