"""TABLE: every metric of Schoolbell. docs/metrics.md is written from it."""

from typing import Final

from core.metrics.row import Kind, Row

COUNTER, GAUGE, HISTOGRAM = Kind.COUNTER, Kind.GAUGE, Kind.HISTOGRAM

# Seconds. As few as tell the promised times apart: each is a series per label.
ANSWERS: Final = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 10.0)
WAITS: Final = (0.01, 0.025, 0.05, 0.1, 0.5, 1.0, 5.0, 30.0, 120.0, 600.0, 3600.0)
RUNS: Final = (0.005, 0.01, 0.025, 0.05, 0.1, 0.5, 1.0, 5.0, 30.0, 120.0, 600.0)

ALL: Final = "web, worker, relay, beat"

# --- counted while it happens: core/metrics/recording.py
HTTP_SECONDS: Final = Row(
    "http_request_seconds",
    HISTOGRAM,
    "web",
    "From a request's arrival to its answer, by the route's template; `none` is no route.",
    ("method", "route"),
    ANSWERS,
)
HTTP_REQUESTS: Final = Row(
    "http_requests_total",
    COUNTER,
    "web",
    "Requests answered, by the class of the status: `5xx` are our errors.",
    ("method", "route", "status"),
)
LIVE_SOCKETS: Final = Row("live_sockets", GAUGE, "web", "Sockets that are open.")
LIVE_ENTRIES: Final = Row(
    "live_entries_sent_total", COUNTER, "web", "Stored entries sent to sockets."
)
LIVE_LAG: Final = Row(
    "live_lag_seconds",
    HISTOGRAM,
    "web",
    "From the transaction that wrote an entry to its frame, for sockets that are not catching up.",
    (),
    ANSWERS,
)
NUDGES: Final = Row(
    "nudges_total",
    COUNTER,
    ALL,
    "Nudges: `sent`; `spared`, as one waits already; `failed`, left to the relay.",
    ("outcome",),
)
DELIVERY_WAIT: Final = Row(
    "delivery_wait_seconds",
    HISTOGRAM,
    "worker",
    "For each claimed batch, how long the longest waiting delivery in it had been due.",
    ("handler",),
    WAITS,
)
HANDLER_RUN: Final = Row(
    "handler_run_seconds",
    HISTOGRAM,
    "worker",
    "How long a handler took for a batch.",
    ("handler",),
    RUNS,
)
DELIVERIES: Final = Row(
    "deliveries_total",
    COUNTER,
    "worker",
    "Attempts by what came of them: `failed` is tried again, `dead` waits for a person.",
    ("handler", "outcome"),
)
MAILS: Final = Row(
    "mails_total",
    COUNTER,
    "worker",
    "What the mail server said: `sent`, `deferred`, `bounced`; `unknown` where that was lost.",
    ("outcome",),
)
SMTP_SECONDS: Final = Row(
    "smtp_seconds", HISTOGRAM, "worker", "How long handing over a mail took.", (), RUNS
)
SLOW_STATEMENTS: Final = Row(
    "slow_statements_total",
    COUNTER,
    "web, worker, beat",
    "SQL statements that took longer than SLOW_STATEMENT_SECONDS; each is in the log as well.",
)
SLOTS_FIRED: Final = Row(
    "schedule_slots_fired_total",
    COUNTER,
    "beat",
    "Slots of a schedule that this beat has fired.",
    ("schedule",),
)

# --- looked up when Prometheus asks: core/scrape/parts.py. Every web says the same: use max().
UP: Final = Row(
    "up",
    GAUGE,
    "web",
    "1 when a part answers; at 0 what is asked of it is left out below.",
    ("part",),
)
QUEUE_PENDING: Final = Row(
    "queue_pending", GAUGE, "web", "Deliveries that wait, also those not yet due.", ("queue",)
)
QUEUE_RUNNING: Final = Row("queue_running", GAUGE, "web", "Deliveries in hand.", ("queue",))
QUEUE_DEAD: Final = Row("queue_dead", GAUGE, "web", "Dead letters.", ("queue",))
QUEUE_OLDEST: Final = Row(
    "queue_oldest_age_seconds",
    GAUGE,
    "web",
    "Since when the longest waiting delivery is due; 0 when none is.",
    ("queue",),
)
QUEUE_WORKERS: Final = Row(
    "queue_workers", GAUGE, "web", "Workers that serve the queue, by their own word.", ("queue",)
)
QUEUE_PAUSED: Final = Row("queue_paused", GAUGE, "web", "1 while it is paused.", ("queue",))
CANARY_LATE: Final = Row(
    "queue_canary_late",
    GAUGE,
    "web",
    "1 when a canary is left without an answer for two minutes.",
    ("queue",),
)
DB_CONNECTIONS: Final = Row(
    "database_connections",
    GAUGE,
    "web",
    "Connections to PostgreSQL by state; `hidden` are those of other roles.",
    ("state",),
)
DB_LIMIT: Final = Row("database_connections_limit", GAUGE, "web", "PostgreSQL's max_connections.")
SCHEDULE_LAG: Final = Row(
    "schedule_lag_seconds",
    GAUGE,
    "web",
    "How long the slot after the last one fired is overdue; 0 when it is still to come.",
    ("schedule",),
)
BACKUP_AGE: Final = Row(
    "backup_age_seconds", GAUGE, "web", "Since when the latest good backup is finished."
)
BACKUP_SIZE: Final = Row("backup_size_bytes", GAUGE, "web", "The size of that backup.")
REDIS_MEMORY: Final = Row("redis_memory_bytes", GAUGE, "web", "Memory that Redis uses.")
REDIS_MEMORY_LIMIT: Final = Row(
    "redis_memory_limit_bytes", GAUGE, "web", "Redis' maxmemory; 0 is none."
)
REDIS_HITS: Final = Row("redis_hits_total", COUNTER, "web", "Keys looked up in Redis and found.")
REDIS_MISSES: Final = Row("redis_misses_total", COUNTER, "web", "Keys looked up and not found.")
REDIS_CLIENTS: Final = Row("redis_clients", GAUGE, "web", "Connections to Redis.")
DISK_FREE: Final = Row("disk_free_bytes", GAUGE, "web", "What is left on a disk.", ("disk",))
DISK_SIZE: Final = Row("disk_size_bytes", GAUGE, "web", "How large the disk is.", ("disk",))

ROWS: Final = tuple(each for each in list(globals().values()) if isinstance(each, Row))
