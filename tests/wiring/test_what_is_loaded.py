"""Each kind of process loads what it needs: what is loaded for nothing is paid at each start."""

import os
import subprocess
import sys
from typing import Final

import pytest

WORKER: Final = "import tasks.__main__ as m; m.app.loader.init_worker(); import celery.bin.worker"
BEAT: Final = "import tasks.__main__ as m; m.app.loader.init_worker(); import schedules.scheduler"
RELAY: Final = "import tasks.relay as relay; relay.known_handlers()"
WEB: Final = "import consumers.routing, core.urls"

# The addresses and all that stands behind them.
HTTP_API: Final = {"core.urls", "core.gate", "core.permissions", "core.homework.api", "uvicorn"}
# What reads and writes documents, each loaded by who does so.
WRITERS: Final = {"openpyxl", "xlsxwriter", "typst", "vl_convert"}
# What Celery's umbrella command loads for its other commands, and what only a check needs.
OTHERS: Final = {"flower", "tornado", "prompt_toolkit", "pydantic_settings"}


def loaded_by(code: str) -> set[str]:
    """The names of the modules that a process has loaded by the end of it."""
    env = {**os.environ, "DJANGO_SETTINGS_MODULE": "core.settings"}
    told = subprocess.run(
        [sys.executable, "-c", f"{code}\nimport sys; print(*sys.modules)"],
        env=env,
        capture_output=True,
        text=True,
        check=True,
    )
    return set(told.stdout.split())


@pytest.mark.parametrize(("kind", "code"), [("worker", WORKER), ("beat", BEAT), ("relay", RELAY)])
def test_what_serves_no_requests_loads_no_http_api(kind: str, code: str) -> None:
    loaded = loaded_by(code)
    assert "tasks.subscriptions" in loaded, "it has not come far enough"
    assert not loaded & (HTTP_API | WRITERS | {"pypdfium2"} | OTHERS), kind


def test_web_loads_no_writers_and_no_handlers() -> None:
    loaded = loaded_by(WEB)
    assert "core.homework.api" in loaded, "it has not come far enough"
    assert not loaded & (WRITERS | OTHERS | {"tasks.app", "tasks.subscriptions"})
