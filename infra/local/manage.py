"""`python -m infra.local.manage backup`: manage.py for a stack that runs, with its environment."""

import json
import os
import sys
from pathlib import Path
from urllib.parse import urlsplit

from infra.local.home import Home
from infra.local.passwords import load_passwords
from infra.local.postgres import programs_folder
from infra.local.problem import ProblemError
from infra.local.stack import CHECKOUT, Ports, Stack

NO_PORT = 0


def running_stack(home: Home) -> Stack:
    """What runs there now; ProblemError when nothing does."""
    try:
        facts = json.loads(home.stack_file.read_text())
    except (OSError, ValueError) as error:
        message = f"no stack runs in {home.root}; start it with `make up`, or set SCHOOLBELL_HOME."
        raise ProblemError(message) from error
    urls = (facts["database_url"], facts["redis_url"], facts["flower_url"], facts["base_url"])
    postgres, redis, flower, web = (urlsplit(url).port or NO_PORT for url in urls)
    ports = Ports(postgres, redis, facts["smtp"]["port"], flower)
    return Stack(home, load_passwords(home), ports, web, dict(os.environ))


def main() -> None:
    """Become manage.py: as the application, with the logins that backups and restores need."""
    home = Home(Path(os.environ.get("SCHOOLBELL_HOME") or CHECKOUT / "var").expanduser().absolute())
    try:
        stack = running_stack(home)
    except ProblemError as problem:
        sys.exit(f"Not run: {problem}")
    logins = {**stack.backup_login(), **stack.owner_login(), **programs_folder()}
    argv = [sys.executable, str(CHECKOUT / "manage.py"), *sys.argv[1:]]
    os.execve(argv[0], argv, {**stack.environment(), **logins})  # noqa: S606 - no shell is meant


if __name__ == "__main__":
    main()
