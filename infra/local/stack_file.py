"""stack.json: where everything of a running stack is, for people and programs beside it."""

import json
import os
from collections.abc import Iterable

from infra.local.home import write_private
from infra.local.ports import HOST
from infra.local.program import Program
from infra.local.stack import APP, OWNER, Stack


def write_stack_file(stack: Stack, processes: Iterable[tuple[Program, int]]) -> None:
    facts = {
        "base_url": stack.base_url,
        "database_url": stack.database_url(APP),
        # With the setting under which row-level security shows all centres (ADR 16).
        "admin_database_url": f"{stack.database_url(OWNER)}?options=-cschoolbell.centre%3Dall",
        "redis_url": stack.redis_url,
        "smtp": {"host": HOST, "port": stack.ports.smtp},
        "mailbox_dir": str(stack.home.mailbox),
        "flower_url": stack.flower_url,
        "supervisor": os.getpid(),
        "processes": [_process(program, pid) for program, pid in processes],
    }
    write_private(stack.home.stack_file, json.dumps(facts, indent=1) + "\n")


def _process(program: Program, pid: int) -> dict[str, str | int]:
    facts: dict[str, str | int] = {"name": program.name, "pid": pid}
    return {**facts, "metrics_url": program.metrics_url} if program.metrics_url else facts
