"""A `.env` for trying the real stack: every secret made at random, the portal on this machine."""

import os
import secrets
from pathlib import Path
from typing import Final

SECRETS: Final = (
    "SECRET_KEY",
    "POSTGRES_PASSWORD",
    "DB_OWNER_PASSWORD",
    "DB_PASSWORD",
    "DB_BACKUP_PASSWORD",
    "PGBOUNCER_PASSWORD",
    "REDIS_PASSWORD",
)
SECRET_BYTES: Final = 40


def for_trying(*, http: int = 80, https: int = 443, **others: str) -> dict[str, str]:
    """Variables of a portal at localhost whose mails are caught."""
    base_url = "https://localhost" if https == 443 else f"https://localhost:{https}"  # noqa: PLR2004
    return {
        "SERVER_NAME": "localhost",
        "BASE_URL": base_url,
        "ALLOWED_HOSTS": "localhost",
        "HTTP_PORT": str(http),
        "HTTPS_PORT": str(https),
        **{name: secrets.token_urlsafe(SECRET_BYTES) for name in SECRETS},
        "SMTP_HOST": "mail",
        "COMPOSE_PROFILES": "mail",
        "REQUIRE_SECOND_FACTOR": "false",
        **others,
    }


def write(file: Path, variables: dict[str, str]) -> None:
    """Write them where only their owner reads them; a file that is there is never replaced."""
    lines = "".join(f"{name}={value}\n" for name, value in variables.items())
    with os.fdopen(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as opened:
        opened.write(lines)
