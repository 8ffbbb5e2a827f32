"""A stack with the real servers and one trivial web program, run by the real supervisor."""

import sys
from http.server import BaseHTTPRequestHandler, HTTPServer

from infra.local.ports import HOST
from infra.local.privileges import tethered
from infra.local.probes import serves_http
from infra.local.program import Program
from infra.local.programs import PYTHON, Plan, servers
from infra.local.run import run_stack
from infra.local.stack import Stack


class Hello(BaseHTTPRequestHandler):
    """Answers every request."""

    def do_GET(self) -> None:
        self.send_response(200)
        self.end_headers()

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002
        """Nothing."""


def small_web(stack: Stack) -> list[Program]:
    argv = tethered((PYTHON, "-m", "tests.embedded.small_stack", str(stack.web_port)))
    ready = serves_http(stack.web_port, "/readyz")
    return [Program(name="web", argv=argv, env=stack.environment(), ready=ready)]


def no_steps(_stack: Stack) -> list[Program]:
    return []


def main(arguments: list[str]) -> int:
    if arguments:
        HTTPServer((HOST, int(arguments[0])), Hello).serve_forever()
    return run_stack(Plan(servers, no_steps, small_web))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
