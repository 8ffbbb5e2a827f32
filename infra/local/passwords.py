"""The stack's passwords: random, made once, kept in secrets.json for its owner only."""

import json
import secrets
from dataclasses import asdict, dataclass, fields

from infra.local.home import Home, write_private
from infra.local.problem import ProblemError


@dataclass(frozen=True)
class Passwords:
    """One password per server role, and Django's signing key."""

    postgres: str
    owner: str
    app: str
    backup: str
    redis: str
    secret_key: str

    def __repr__(self) -> str:
        return "Passwords(...)"


def load_passwords(home: Home) -> Passwords:
    if not home.secrets_file.exists():
        return _make_passwords(home)
    try:
        kept = json.loads(home.secrets_file.read_text())
        is_old = "backup" not in kept  # a home of before there were backups
        kept |= {"backup": secrets.token_hex(32)} if is_old else {}
        passwords = Passwords(**{field.name: str(kept[field.name]) for field in fields(Passwords)})
    except (ValueError, KeyError, TypeError) as error:
        message = (
            f"{home.secrets_file} is damaged; restore it, or move {home.root} away to start afresh."
        )
        raise ProblemError(message) from error
    if is_old:
        _keep(home, passwords)
    return passwords


def _make_passwords(home: Home) -> Passwords:
    if home.postgres.exists():
        message = (
            f"{home.secrets_file} is missing, and the database in {home.postgres} cannot be opened "
            f"without it; restore it, or move {home.root} away to start afresh."
        )
        raise ProblemError(message)
    made = Passwords(**{field.name: secrets.token_hex(32) for field in fields(Passwords)})
    _keep(home, made)
    return made


def _keep(home: Home, passwords: Passwords) -> None:
    write_private(home.secrets_file, json.dumps(asdict(passwords), indent=1))
