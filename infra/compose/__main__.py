"""`python -m infra.compose env|build|up|roll|down`: what `make stack-...` runs."""

import argparse
import sys
from pathlib import Path

from infra.compose.environment import for_trying, write
from infra.compose.stack import CHECKOUT, Stack, StackError


def main() -> int:
    """The exit code: 1 with the reason on stderr."""
    given = _arguments()
    stack = Stack(given.project, given.env_file)
    try:
        _do(given.act, stack, given.options)
    except StackError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    return 0


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m infra.compose", description=__doc__)
    parser.add_argument("act", choices=("env", "build", "up", "roll", "down"))
    parser.add_argument("--project", default="schoolbell")
    parser.add_argument("--env-file", type=Path, default=CHECKOUT / ".env")
    parser.add_argument("options", nargs=argparse.REMAINDER, help="handed on to Compose")
    return parser.parse_args()


def _do(act: str, stack: Stack, options: list[str]) -> None:
    if not stack.env_file.exists() and act != "down":
        write(stack.env_file, for_trying())
        print(f"{stack.env_file} was made for trying, with secrets of its own.")
    if act in {"build", "up"}:
        stack.build()
    if act == "up":
        stack.up(*options)
        base_url = _variable(stack.env_file, "BASE_URL")
        print(f"Schoolbell is ready at {base_url}")
    if act == "roll":
        stack.roll()
    if act == "down":
        stack.down(*options)


def _variable(file: Path, name: str) -> str:
    lines = [line.partition("=") for line in file.read_text().splitlines()]
    return next((value for found, _, value in lines if found == name), "")


if __name__ == "__main__":
    sys.exit(main())
