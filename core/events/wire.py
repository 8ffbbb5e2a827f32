"""A nudge as Celery's Redis transport puts it on the wire.

Prepared once per handler and filled in per nudge: measured at 0.017 ms of CPU against 0.38 ms for
`delay()`. tests/flow/test_wire.py holds it against what Celery itself produces.
"""

import base64
import json
from functools import cache
from typing import Any
from uuid import uuid4

CALLBACKS = {"callbacks": None, "errbacks": None, "chain": None, "chord": None}  # Celery's own


def _body(args: tuple[str, ...]) -> str:
    """Positional arguments, keyword arguments, callbacks."""
    return base64.b64encode(json.dumps([args, {}, CALLBACKS]).encode()).decode()


BODY = _body(())  # nearly always


def queue_of(handler: str) -> str:
    """The queue of a handler: the folder that it stands in."""
    return handler.partition(".")[0]


@cache
def _headers(handler: str) -> dict[str, Any]:
    nothing = dict.fromkeys(
        ["shadow", "eta", "expires", "group", "group_index", "parent_id", "stamped_headers"]
    )
    return nothing | {
        "lang": "py",
        "task": handler,
        "retries": 0,
        "timelimit": [None, None],
        "ignore_result": True,
        "replaced_task_nesting": 0,
        "stamps": {},
    }


def nudge_message(
    handler: str, origin: str, woken_by: dict[str, str], args: tuple[str, ...] = ()
) -> str:
    """A message that says: there is something for `handler`.

    `origin` names the sender. `woken_by` holds the ids of what caused it; Flower shows them. `args`
    are the task's: a job's id.
    """
    task_id = str(uuid4())
    headers = _headers(handler) | {
        "id": task_id,
        "root_id": task_id,
        "origin": origin,
        "argsrepr": repr(args),
        "kwargsrepr": json.dumps(woken_by),
        **woken_by,
    }
    properties = {
        "correlation_id": task_id,
        "reply_to": "",
        "delivery_mode": 2,
        "delivery_info": {"exchange": "", "routing_key": queue_of(handler)},
        "priority": 0,
        "body_encoding": "base64",
        "delivery_tag": str(uuid4()),
    }
    return json.dumps(
        {
            "body": _body(args) if args else BODY,
            "content-encoding": "utf-8",
            "content-type": "application/json",
            "headers": headers,
            "properties": properties,
        }
    )
