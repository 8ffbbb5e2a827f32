"""One stack's facts: home, ports, passwords, and the environment its programs get."""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from infra.local.home import Home
from infra.local.passwords import Passwords, load_passwords
from infra.local.ports import HOST, free_port

CHECKOUT = Path(__file__).resolve().parents[2]
DATABASE = "schoolbell"
SUPERUSER = "postgres"
OWNER = "schoolbell_owner"
APP = "schoolbell_app"
BACKUP = "schoolbell_backup"

KEPT = ("PATH", "HOME", "LANG", "LC_ALL", "TZ", "TMPDIR", "LOG_LEVEL", "LOG_FORMAT", "VIRTUAL_ENV")
KEPT_PREFIXES = ("SCHOOLBELL_", "DELIVERY_", "REPORTS_", "COVERAGE_", "OTEL_")


@dataclass(frozen=True)
class Ports:
    """Private ports, chosen anew at each start; a restarted program keeps its own."""

    postgres: int
    redis: int
    smtp: int
    flower: int


@dataclass(frozen=True)
class Stack:
    """Everything the programs of one stack have to know of each other."""

    home: Home
    passwords: Passwords
    ports: Ports
    web_port: int
    caller: Mapping[str, str]
    durable: bool = True
    """False trades safety at a power cut for speed: for tests only."""

    @property
    def base_url(self) -> str:
        return f"http://{HOST}:{self.web_port}"

    @property
    def flower_url(self) -> str:
        return f"http://{HOST}:{self.ports.flower}"

    @property
    def redis_url(self) -> str:
        return f"redis://:{self.passwords.redis}@{HOST}:{self.ports.redis}"

    def database_url(self, role: str) -> str:
        place = f"{HOST}:{self.ports.postgres}/{DATABASE}"
        return f"postgresql://{role}:{self._password(role)}@{place}"

    def environment(self, role: str = APP) -> dict[str, str]:
        """What core/env.py reads, with the database role to use."""
        return {
            **self.bare_environment(),
            "DJANGO_SETTINGS_MODULE": "core.settings",
            "PYTHONUNBUFFERED": "1",
            "SECRET_KEY": self.passwords.secret_key,
            "DEBUG": "true",
            "ALLOWED_HOSTS": f"{HOST},localhost",
            "BASE_URL": self.base_url,
            "DB_HOST": HOST,
            "DB_PORT": str(self.ports.postgres),
            "DB_NAME": DATABASE,
            "DB_USER": role,
            "DB_PASSWORD": self._password(role),
            "DB_DIRECT_HOST": HOST,
            "DB_DIRECT_PORT": str(self.ports.postgres),
            "REDIS_HOST": HOST,
            "REDIS_PORT": str(self.ports.redis),
            "REDIS_PASSWORD": self.passwords.redis,
            "SMTP_HOST": HOST,
            "SMTP_PORT": str(self.ports.smtp),
            "MAILBOX_DIR": str(self.home.mailbox),
            "FLOWER_URL": self.flower_url,
            "MEDIA_DIR": str(self.home.media),
            "BACKUP_DIR": str(self.home.backups),
        }

    def backup_login(self) -> dict[str, str]:
        """What makes a backup besides; for those who do."""
        return {"DB_BACKUP_USER": BACKUP, "DB_BACKUP_PASSWORD": self.passwords.backup}

    def owner_login(self) -> dict[str, str]:
        """What restores one besides; for that command alone."""
        return {"DB_OWNER_USER": OWNER, "DB_OWNER_PASSWORD": self.passwords.owner}

    def bare_environment(self) -> dict[str, str]:
        """The caller's variables that a program may see; all others stay outside."""
        kept = {
            name: value
            for name, value in self.caller.items()
            if name in KEPT or name.startswith(KEPT_PREFIXES)
        }
        return {**kept, "SCHOOLBELL_HOME": str(self.home.root)}

    def _password(self, role: str) -> str:
        return self.passwords.owner if role == OWNER else self.passwords.app


def plan_stack(home: Home, web_port: int, *, durable: bool = True) -> Stack:
    """Choose private ports and load or make the passwords."""
    passwords = load_passwords(home)
    ports = Ports(free_port(), free_port(), free_port(), free_port())
    return Stack(home, passwords, ports, web_port, dict(os.environ), durable)
