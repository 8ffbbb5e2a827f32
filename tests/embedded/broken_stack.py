"""A stack with a step or a program that does not come up."""

import os
import sys

from infra.local.probes import log_says
from infra.local.program import Program
from infra.local.programs import PYTHON, Plan, servers
from infra.local.run import run_stack
from infra.local.stack import Stack

FAILURE = "import sys; print('the reason of it'); sys.exit(3)"


def broken(stack: Stack) -> list[Program]:
    argv = (PYTHON, "-c", FAILURE)
    return [Program(name="broken", argv=argv, env=stack.environment(), ready=log_says("never"))]


def nothing(_stack: Stack) -> list[Program]:
    return []


PLANS = {"step": Plan(servers, broken, nothing), "program": Plan(servers, nothing, broken)}

if __name__ == "__main__":
    sys.exit(run_stack(PLANS[os.environ["SCHOOLBELL_BROKEN"]]))
