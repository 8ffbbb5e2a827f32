"""The one door to the environment: every variable, its type and its limits."""

import os
import sys
from functools import cache
from pathlib import Path
from typing import Annotated

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError

Port = Annotated[int, Field(ge=1, le=65535)]
Name = Annotated[str, Field(pattern=r"^\w+$")]
Filled = Annotated[str, Field(min_length=1)]


def split(value: str | tuple[str, ...]) -> tuple[str, ...]:
    """`"a, b"` -> `("a", "b")`; a default is a tuple already."""
    parts = value.split(",") if isinstance(value, str) else value
    return tuple(part.strip() for part in parts if part.strip())


CommaList = Annotated[tuple[str, ...], BeforeValidator(split)]

DEVELOPMENT_KEY = "development-only-and-refused-in-production"
SHORTEST_KEY = 50  # characters; Django's own deployment check asks for as many


class Env(BaseModel):
    """What the environment says. A wrong or missing value is named together with all others."""

    model_config = ConfigDict(frozen=True, extra="ignore", validate_default=True)

    debug: bool = False
    secret_key: Filled = DEVELOPMENT_KEY
    allowed_hosts: CommaList = ()
    allowed_origins: CommaList = ()
    base_url: Annotated[str, Field(pattern=r"^https?://[^/]+$")] = "http://127.0.0.1:8000"
    log_level: Annotated[str, Field(pattern=r"^(DEBUG|INFO|WARNING|ERROR)$")] = "INFO"

    db_host: Filled = "127.0.0.1"
    db_port: Port = 6432
    db_name: Name = "schoolbell"
    db_user: Filled
    db_password: Filled
    db_connect_timeout: Annotated[int, Field(gt=0, description="seconds")] = 20

    # Backups go past PgBouncer, as roles that web and most workers need not know.
    db_direct_host: str = ""  # DB_HOST otherwise
    db_direct_port: Port = 5432
    db_backup_user: str = ""
    db_backup_password: str = ""
    db_owner_user: str = ""  # for `manage.py restore` alone
    db_owner_password: str = ""
    backup_dir: Path = Path("var/backups")
    pg_bin: str = ""  # where pg_dump, pg_restore and psql lie; on the PATH otherwise

    redis_host: Filled = "127.0.0.1"
    redis_port: Port = 6379
    redis_user: Annotated[str, Field(pattern=r"^[\w-]*$")] = ""  # '': Redis' own default user
    redis_password: str = ""

    smtp_host: Filled = "127.0.0.1"
    smtp_port: Port = 25
    smtp_user: str = ""
    smtp_password: str = ""
    smtp_tls: bool = False
    mail_from: Filled = "Schoolbell <no-reply@schoolbell.example>"
    mailbox_dir: Path | None = None
    flower_url: str = ""

    media_dir: Path = Path("var/media")
    x_accel_redirect: Annotated[str, Field(pattern=r"^(/[\w-]+)*$")] = (
        ""  # nginx's internal location
    )
    jwt_key: Annotated[str, Field(pattern=r"^(.{32,})?$")] = ""  # one of SECRET_KEY's otherwise
    require_second_factor: bool | None = None  # of operators and centre admins

    # Empty: `line` with DEBUG on, `json` otherwise.
    log_format: Annotated[str, Field(pattern=r"^(json|line)?$")] = ""
    metrics_port: Annotated[int, Field(ge=0, le=65535)] = 0  # 0: none
    metrics_host: Filled = "127.0.0.1"
    slow_statement_seconds: Annotated[float, Field(gt=0)] = 0.5
    otel_exporter_otlp_endpoint: Annotated[str, Field(pattern=r"^(https?://.+)?$")] = ""  # or none
    otel_exporter_otlp_headers: CommaList = ()  # name=value of each
    otel_service_name: Filled = "schoolbell"
    otel_traces_sampler_arg: Annotated[float, Field(ge=0, le=1)] = 1.0  # the share of traces kept

    alive_file: Path | None = None  # what a worker touches for as long as it listens
    # Seconds for which a report that is being made stands still at most, while people wait for
    # something. 0: never, such as where reports have machines of their own.
    reports_stand_still: Annotated[float, Field(ge=0, le=60)] = 5.0
    delivery_lease_seconds: Annotated[float, Field(gt=0.5, le=3600)] = 6.0

    @property
    def origins(self) -> tuple[str, ...]:
        """Origins that browsers may come from: the portal's own and those listed."""
        return (self.base_url, *self.allowed_origins)

    def redis_url(self, database: int) -> str:
        """URL of one of the three Redis databases: 0 cache, 1 Channels, 2 broker."""
        secret = f"{self.redis_user}:{self.redis_password}@" if self.redis_password else ""
        return f"redis://{secret}{self.redis_host}:{self.redis_port}/{database}"


class ProductionEnv(Env):
    """The same with DEBUG off: what may be left out for trying is required."""

    secret_key: Annotated[str, Field(min_length=SHORTEST_KEY)]
    allowed_hosts: Annotated[CommaList, Field(min_length=1)]
    redis_password: Filled


class Mode(BaseModel):
    """Which of the two applies."""

    debug: bool = False


def problems_of(error: ValidationError) -> str:
    """All that is wrong, one line each, without the values (some are secrets)."""
    lines = [
        f"  {'.'.join(str(part) for part in found['loc']).upper() or 'environment'}: {found['msg']}"
        for found in error.errors(include_input=False, include_url=False)
    ]
    return "The environment is not usable:\n" + "\n".join(lines)


@cache
def env() -> Env:
    """The validated environment; ends the process, naming every problem, when it is not usable."""
    said = {name.lower(): value for name, value in os.environ.items()}
    try:
        kind = Env if Mode.model_validate(said).debug else ProductionEnv
        return kind.model_validate(said)
    except ValidationError as error:
        sys.exit(problems_of(error))
