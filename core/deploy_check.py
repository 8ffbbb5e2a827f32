"""Whether a deployment's `.env` is safe: `python -m core.deploy_check FILE` (`make deploy-check`).

Names all that is wrong in one list, without a value, and exits with 1; the portal itself refuses
only what it cannot run with.
"""

import stat
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Annotated, Final
from urllib.parse import urlsplit

from pydantic import Field, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict

from core.env import DEVELOPMENT_KEY, Filled, Name, Port, ProductionEnv, problems_of

SHORTEST_PASSWORD: Final = 12  # characters; they are generated, nobody types them
# What deployments are copied from, and what people put in to get on.
KNOWN: Final = frozenset(
    {"changeme", "change-me", "password", "secret", "postgres", "schoolbell-demo"}
)

# Connections to PostgreSQL beside the pool: superuser's three, migrate, two of a backup, one shell.
BESIDE_POOL: Final = 7
RESERVE: Final = 5  # infra/pgbouncer/start.sh
MAX_CONNECTIONS: Final = 100  # docker-compose.yml
# Connections to PgBouncer: a request has one for as long as it runs, each in a thread of its own;
# a worker process one for its task, one for its lease, one to say that it is there.
OF_WEB: Final = 100
OF_WORKER_PROCESS: Final = 3
OF_OTHERS: Final = 20  # relay, beats, Flower, shells


class StackEnv(BaseSettings, ProductionEnv):
    """What docker-compose.yml reads, for the portal and for the servers beside it."""

    model_config = SettingsConfigDict(frozen=True, extra="ignore", enable_decoding=False)

    db_user: Name = "schoolbell_app"
    db_owner_user: Name = "schoolbell_owner"
    db_owner_password: Filled
    db_backup_user: Name = "schoolbell_backup"
    db_backup_password: Filled
    postgres_user: Name = "postgres"
    postgres_password: Filled
    pgbouncer_user: Name = "pgbouncer"
    pgbouncer_password: Filled
    pgbouncer_pool_size: Annotated[int, Field(ge=25, le=50)] = 25
    pgbouncer_max_clients: Annotated[int, Field(gt=0)] = 1000
    worker_concurrency: Annotated[int, Field(gt=0)] = 2

    server_name: Filled
    http_port: Port = 80
    https_port: Port = 443
    tls_dir: Path | None = None

    # What is planned to run at most; scaling beyond wants another look.
    web_replicas: Annotated[int, Field(gt=0)] = 3
    worker_replicas: Annotated[int, Field(gt=0)] = 8


def problems(file: Path) -> list[str]:
    """All that is wrong with a deployment's environment, a line each."""
    if not file.is_file():
        return [f"{file}: there is no such file; .env.example shows what belongs there."]
    try:
        env = StackEnv(_env_file=file)
    except ValidationError as error:
        _, *lines = problems_of(error).splitlines()
        return [*(line.strip() for line in lines), *_of_file(file)]
    return [*_of_file(file), *_of_portal(env), *_of_secrets(env), *_of_pool(env)]


def _of_file(file: Path) -> Iterator[str]:
    if file.stat().st_mode & (stat.S_IRGRP | stat.S_IROTH):
        yield f"{file}: others may read it: chmod 600 {file}"


def _of_portal(env: StackEnv) -> Iterator[str]:
    yield from (told for is_wrong, told in WRONG if is_wrong(env))
    yield from _of_certificate(env)


def _host_is_missing(env: StackEnv) -> bool:
    host = urlsplit(env.base_url).hostname or ""
    return not any(
        allowed in {"*", host} or (allowed.startswith(".") and f".{host}".endswith(allowed))
        for allowed in env.allowed_hosts
    )


# TABLE: what makes the portal unsafe.
WRONG: Final[tuple[tuple[Callable[[StackEnv], bool], str], ...]] = (
    (lambda env: env.debug, "DEBUG: must be false."),
    (lambda env: not env.base_url.startswith("https://"), "BASE_URL: must begin with https://."),
    (
        lambda env: "*" in env.allowed_hosts,
        "ALLOWED_HOSTS: `*` lets anybody name the portal as they like.",
    ),
    (_host_is_missing, "ALLOWED_HOSTS: the host of BASE_URL is not among them."),
    (
        lambda env: not all(origin.startswith("https://") for origin in env.allowed_origins),
        "ALLOWED_ORIGINS: each must begin with https://.",
    ),
    (
        lambda env: env.require_second_factor is False,
        "REQUIRE_SECOND_FACTOR: operators and centre admins must have one.",
    ),
    (
        lambda env: env.mailbox_dir is not None,
        "MAILBOX_DIR: is for development; whoever opens it reads all mail.",
    ),
    (
        lambda env: env.smtp_host == "mail",
        "SMTP_HOST: `mail` only catches; nobody would get a mail.",
    ),
)


def _of_certificate(env: StackEnv) -> Iterator[str]:
    if env.tls_dir is None:
        yield "TLS_DIR: is not set; the certificate made for trying is trusted by no browser."
        return
    for name in ("fullchain.pem", "privkey.pem"):
        if not (env.tls_dir / name).is_file():
            yield f"TLS_DIR: there is no {name} in it."


def _of_secrets(env: StackEnv) -> Iterator[str]:
    secrets = {
        "DB_PASSWORD": env.db_password,
        "DB_OWNER_PASSWORD": env.db_owner_password,
        "DB_BACKUP_PASSWORD": env.db_backup_password,
        "POSTGRES_PASSWORD": env.postgres_password,
        "PGBOUNCER_PASSWORD": env.pgbouncer_password,
        "REDIS_PASSWORD": env.redis_password,
    }
    users = {env.db_user, env.db_owner_user, env.db_backup_user, env.postgres_user, env.redis_user}
    if env.secret_key == DEVELOPMENT_KEY or len(set(env.secret_key)) < SHORTEST_PASSWORD:
        yield "SECRET_KEY: is not random."
    for name, secret in secrets.items():
        if secret.lower() in KNOWN | users:
            yield f"{name}: is one that everybody tries."
        elif len(secret) < SHORTEST_PASSWORD:
            yield f"{name}: is shorter than {SHORTEST_PASSWORD} characters."
    times = Counter([*secrets.values(), env.secret_key])
    if shared := sorted(name for name, secret in secrets.items() if times[secret] > 1):
        yield f"{', '.join(shared)}: are the same; whoever learns one has all."


def _of_pool(env: StackEnv) -> Iterator[str]:
    servers = env.pgbouncer_pool_size + RESERVE + BESIDE_POOL
    if servers > MAX_CONNECTIONS:
        yield (
            f"PGBOUNCER_POOL_SIZE: with what stands beside it PostgreSQL needs {servers} "
            f"connections of its {MAX_CONNECTIONS}."
        )
    processes = env.worker_replicas * env.worker_concurrency
    clients = env.web_replicas * OF_WEB + processes * OF_WORKER_PROCESS + OF_OTHERS
    if clients > env.pgbouncer_max_clients:
        yield (
            f"PGBOUNCER_MAX_CLIENTS: {env.web_replicas} web and {processes} worker processes may "
            f"open {clients} connections."
        )


def main(arguments: list[str]) -> int:
    """The exit code: 1 when something is wrong."""
    found = problems(Path(*arguments[:1] or [".env"]))
    if not found:
        sys.stdout.write("The environment is fit for production.\n")
        return 0
    lines = "\n".join(f"  {line}" for line in found)
    sys.stderr.write(f"This is no environment for production:\n{lines}\n")
    return 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
