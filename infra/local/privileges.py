"""With which rights a program is started, and that it does not outlive its supervisor."""

import os
import pwd
import shutil
import signal
import subprocess
from functools import cache
from pathlib import Path

from infra.local.problem import ProblemError

SERVER_USER = "nobody"


def tethered(argv: tuple[str, ...], signum: signal.Signals = signal.SIGTERM) -> tuple[str, ...]:
    """The command, which gets the signal when its supervisor dies, where that can be had."""
    return (*_setpriv(), *_tether(signum), "--", *argv) if _tether(signum) else argv


def as_server_user(argv: tuple[str, ...], signum: signal.Signals | None = None) -> tuple[str, ...]:
    """The command without root's rights: PostgreSQL refuses to run as root.

    The server user may still pass directories that only root can enter, since a checkout or a home
    may lie in one.
    """
    if os.geteuid() != 0:
        return tethered(argv, signum) if signum else argv
    if not _setpriv():
        message = (
            "PostgreSQL does not run as root, and setpriv (of util-linux) to start it as "
            f"{SERVER_USER} is missing. Install util-linux, or run as another user."
        )
        raise ProblemError(message)
    return (*_setpriv(), *_server_rights(), *(_tether(signum) if signum else ()), "--", *argv)


def give_to_server_user(folder: Path) -> None:
    """Let the user that PostgreSQL runs as own the folder."""
    if os.geteuid() == 0:
        user = _server_user()
        os.chown(folder, user.pw_uid, user.pw_gid)


def _server_user() -> pwd.struct_passwd:
    try:
        return pwd.getpwnam(SERVER_USER)
    except KeyError as error:
        message = f"PostgreSQL does not run as root, and there is no user {SERVER_USER} to run it."
        raise ProblemError(message) from error


@cache
def _server_rights() -> tuple[str, ...]:
    """Without the last three, where a container withholds them: directories must then be open."""
    user = _server_user()
    plain = (f"--reuid={user.pw_uid}", f"--regid={user.pw_gid}", "--clear-groups")
    passing = (
        *plain,
        "--inh-caps=+dac_override",
        "--ambient-caps=+dac_override",
        # Or access(2), with which PostgreSQL looks for its own programs, would not count them.
        "--securebits=+no_setuid_fixup",
    )
    tried = (*_setpriv(), *passing, "--", "true")
    works = subprocess.run(tried, capture_output=True, check=False).returncode == 0  # noqa: S603 - a fixed command
    return passing if works else plain


@cache
def _setpriv() -> tuple[str, ...]:
    found = shutil.which("setpriv")
    return (found,) if found else ()


def _tether(signum: signal.Signals) -> tuple[str, ...]:
    return ("--pdeathsig", signum.name.removeprefix("SIG")) if _can_tether() else ()


@cache
def _can_tether() -> bool:
    if not _setpriv():
        return False
    told = subprocess.run(  # noqa: S603 - a fixed command
        (*_setpriv(), "--help"), capture_output=True, text=True, check=False
    )
    return "--pdeathsig" in told.stdout
