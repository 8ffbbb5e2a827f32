"""TABLE: running the system: health, queues, backups, jobs, what the API is."""

from typing import Final

from core.permissions.rule import ANYONE, OPERATOR, TRACING, WATCHING, Rule

RULES: Final[dict[str, Rule]] = {
    # the API
    "GET api/ops/queues": WATCHING,
    "POST api/ops/queues/<str:queue>/pause": OPERATOR,
    "POST api/ops/queues/<str:queue>/resume": OPERATOR,
    "GET api/ops/deliveries": WATCHING,
    "GET api/ops/dead-letters": WATCHING,
    "POST api/ops/dead-letters/redrive": OPERATOR,
    "POST api/ops/dead-letters/discard": OPERATOR,
    "GET api/ops/backups": WATCHING,
    "POST api/ops/backups": OPERATOR,
    "GET api/ops/dead-letters/<str:group_id>": WATCHING,
    "GET api/ops/redrives": WATCHING,
    "GET api/ops/audit": WATCHING,
    "GET api/ops/workers": WATCHING,
    "GET api/ops/schedules": WATCHING,
    "POST api/ops/schedules/<str:schedule>/run": OPERATOR,
    "GET api/ops/samples": WATCHING,
    "GET api/ops/forecasts": WATCHING,
    "GET api/ops/faults": WATCHING,
    "GET api/jobs": TRACING,
    "GET api/jobs/<uuidstr:job_id>": TRACING,
    "POST api/jobs/<uuidstr:job_id>/cancel": TRACING,
    "GET api/openapi.json": ANYONE,
    "GET api/docs": ANYONE,
    # what is asked by programs
    "GET healthz": ANYONE,
    "GET readyz": ANYONE,
    "GET metrics": ANYONE,  # in the internal network: nginx closes it
    "GET ops/access": ANYONE,  # asked by the proxy; answers 204, 401 or 403 itself
    # pages
    "GET ops/": WATCHING,
    "GET ops/parts/<str:part>": WATCHING,
    "GET ops/queues/<str:queue>": WATCHING,
    "POST ops/queues/<str:queue>/pause": OPERATOR,
    "POST ops/queues/<str:queue>/resume": OPERATOR,
    "GET ops/dead-letters/<str:group_id>": WATCHING,
    "POST ops/dead-letters/<str:group_id>/redrive": OPERATOR,
    "POST ops/dead-letters/<str:group_id>/discard": OPERATOR,
    "POST ops/schedules/<str:schedule>/run": OPERATOR,
    "GET ops/audit": WATCHING,
    "GET ops/backups": WATCHING,
    "POST ops/backups/make": OPERATOR,
    "GET ops/trace": WATCHING,
    # development only: what the catching mail server caught
    "GET mailbox": ANYONE,
    "GET mailbox/<str:mail_id>": ANYONE,
    "GET mailbox/<str:mail_id>/html": ANYONE,
}
