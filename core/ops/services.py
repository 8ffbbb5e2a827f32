"""TABLE: which service of docker-compose.yml serves a queue."""

from collections.abc import Mapping
from typing import Final

SERVICES: Final[Mapping[str, str]] = {
    "notices": "worker-default",
    "imports": "worker-default",
    "files": "worker-default",
    "email": "worker-email",
    "reports": "worker-reports",
    "cleanup": "worker-cleanup",
}


def scale_command(queue: str, workers: int) -> str:
    """What an operator types to have so many workers; '' for a queue that has no service."""
    service = SERVICES.get(queue)
    return f"docker compose up -d --scale {service}={workers}" if service else ""
