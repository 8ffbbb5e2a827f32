"""Free TCP ports on the loopback address."""

import random
import socket
from collections.abc import Mapping

from infra.local.problem import ProblemError

HOST = "127.0.0.1"
DEFAULT_WEB_PORT = 8000
HIGHEST_PORT = 65535

# Below the range from which Linux takes the source ports of outgoing connections: a client that
# keeps connecting to the port of a dead server can otherwise take that port, or meet itself on it.
PRIVATE_PORTS = range(15000, 32000)
ATTEMPTS = 200


def is_free(port: int) -> bool:
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError:
            return False
    return True


def claim(port: int) -> bool:
    """Take a free port for as long as this process lives, so that no other stack takes it.

    The sign that other stacks see is the UDP port of the same number, which nobody uses: the TCP
    port itself has to stay free for the program it is meant for, also while that one restarts.
    """
    if not is_free(port):
        return False
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sign:
        try:
            sign.bind((HOST, port))
        except OSError:
            return False
        sign.detach()
    return True


def free_port() -> int:
    """A private port that no other stack has."""
    for port in random.sample(PRIVATE_PORTS, ATTEMPTS):
        if claim(port):
            return port
    message = f"no free port found between {PRIVATE_PORTS.start} and {PRIVATE_PORTS.stop}."
    raise ProblemError(message)


def web_port(environ: Mapping[str, str]) -> int:
    """The port asked for in PORT, which must be free, or else the first free one from 8000 on."""
    asked = environ.get("PORT", "").strip()
    if asked:
        return _asked_port(asked)
    for port in range(DEFAULT_WEB_PORT, DEFAULT_WEB_PORT + ATTEMPTS):
        if claim(port):
            return port
    return free_port()


def _asked_port(asked: str) -> int:
    if not asked.isdecimal() or not 0 < int(asked) <= HIGHEST_PORT:
        message = f"PORT={asked} is not a port number (1 to {HIGHEST_PORT})."
        raise ProblemError(message)
    port = int(asked)
    if not is_free(port):
        message = (
            f"port {port} (from PORT) cannot be used: another program has it, or it needs rights."
        )
        raise ProblemError(message)
    claim(port)
    return port
