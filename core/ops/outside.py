"""Whether what lies outside of PostgreSQL answers: Redis, and the mail server."""

import socket
from typing import Final

from redis import RedisError

from core.env import env
from core.events.nudge import broker

PATIENCE: Final = 2.0  # seconds
GREETING: Final = b"220"


def redis_answers() -> bool:
    """Whether the broker does."""
    try:
        with broker() as redis:
            return bool(redis.ping())
    except RedisError:
        return False


def mail_server_answers() -> bool:
    """Whether it greets who connects. Nothing is sent but a goodbye."""
    try:
        with socket.create_connection((env().smtp_host, env().smtp_port), PATIENCE) as line:
            greets = line.recv(512).startswith(GREETING)
            line.sendall(b"QUIT\r\n")
            return greets
    except OSError:
        return False
