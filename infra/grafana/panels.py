"""TABLE: the panels of the dashboard, row by row, three in each."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Panel:
    """A chart: PromQL with the legend of its lines; `unit` as Grafana names it."""

    title: str
    unit: str
    lines: tuple[tuple[str, str], ...]
    stat: bool = False  # numbers instead of lines


def quantile(share: float, metric: str, by: str = "") -> str:
    """PromQL for a quantile of a histogram, over all programs."""
    labels = f"le, {by}" if by else "le"
    rate = f"sum by ({labels}) (rate(schoolbell_{metric}_bucket[$__rate_interval]))"
    return f"histogram_quantile({share}, {rate})"


def rate(metric: str, by: str, chosen: str = "") -> str:
    """PromQL for how often something happens in a second, over all programs."""
    return f"sum by ({by}) (rate(schoolbell_{metric}{chosen}[$__rate_interval]))"


def highest(metric: str, by: str) -> str:
    """PromQL for what every web says the same of."""
    return f"max by ({by}) (schoolbell_{metric})"


def quantiles(metric: str) -> tuple[tuple[str, str], ...]:
    """The lines p50, p95 and p99."""
    return tuple((quantile(share, metric), f"p{share * 100:.0f}") for share in (0.5, 0.95, 0.99))


def number(title: str, unit: str, expr: str, legend: str) -> Panel:
    """A panel that shows the latest values alone."""
    return Panel(title, unit, ((expr, legend),), stat=True)


HITS = "max(rate(schoolbell_redis_hits_total[$__rate_interval]))"
MISSES = "max(rate(schoolbell_redis_misses_total[$__rate_interval]))"

ROWS: tuple[tuple[str, tuple[Panel, ...]], ...] = (
    (
        "At a glance",
        (
            number("Parts", "bool_on_off", "min by (part) (schoolbell_up)", "{{part}}"),
            number("Dead letters", "short", highest("queue_dead", "queue"), "{{queue}}"),
            number("Latest backup", "s", "min(schoolbell_backup_age_seconds)", "ago"),
        ),
    ),
    (
        "Queues",
        (
            Panel("Waiting", "short", ((highest("queue_pending", "queue"), "{{queue}}"),)),
            Panel(
                "Age of the oldest",
                "s",
                ((highest("queue_oldest_age_seconds", "queue"), "{{queue}}"),),
            ),
            Panel(
                "Workers, running, paused, late canaries",
                "short",
                (
                    (highest("queue_workers", "queue"), "{{queue}} workers"),
                    (highest("queue_running", "queue"), "{{queue}} running"),
                    (f"{highest('queue_paused', 'queue')} > 0", "{{queue}} paused"),
                    (f"{highest('queue_canary_late', 'queue')} > 0", "{{queue}} deaf"),
                ),
            ),
            Panel("Outcomes", "ops", ((rate("deliveries_total", "outcome"), "{{outcome}}"),)),
            Panel(
                "Wait, p95 by handler",
                "s",
                (
                    (
                        f"topk(10, {quantile(0.95, 'delivery_wait_seconds', 'handler')})",
                        "{{handler}}",
                    ),
                ),
            ),
            Panel(
                "Run, p95 by handler",
                "s",
                ((f"topk(10, {quantile(0.95, 'handler_run_seconds', 'handler')})", "{{handler}}"),),
            ),
        ),
    ),
    (
        "Requests",
        (
            Panel("Answers", "reqps", ((rate("http_requests_total", "status"), "{{status}}"),)),
            Panel("Time", "s", quantiles("http_request_seconds")),
            Panel(
                "Slowest routes, p95",
                "s",
                (
                    (
                        f"topk(10, {quantile(0.95, 'http_request_seconds', 'method, route')})",
                        "{{method}} {{route}}",
                    ),
                ),
            ),
            Panel(
                "Errors by route",
                "reqps",
                (
                    (
                        rate("http_requests_total", "method, route", '{status="5xx"}'),
                        "{{method}} {{route}}",
                    ),
                ),
            ),
            Panel("Sockets", "short", (("sum(schoolbell_live_sockets)", "open"),)),
            Panel("Entries to sockets: how late", "s", quantiles("live_lag_seconds")),
            Panel(
                "Entries to sockets",
                "ops",
                (("sum(rate(schoolbell_live_entries_sent_total[$__rate_interval]))", "sent"),),
            ),
        ),
    ),
    (
        "Mail, nudges, clock",
        (
            Panel("Mails", "ops", ((rate("mails_total", "outcome"), "{{outcome}}"),)),
            Panel("Handing over a mail", "s", quantiles("smtp_seconds")),
            Panel("Nudges", "ops", ((rate("nudges_total", "outcome"), "{{outcome}}"),)),
            Panel(
                "Schedules: how late",
                "s",
                ((highest("schedule_lag_seconds", "schedule"), "{{schedule}}"),),
            ),
            Panel(
                "Schedules: fired",
                "short",
                (
                    (
                        "sum by (schedule) (increase(schoolbell_schedule_slots_fired_total[1h]))",
                        "{{schedule}}",
                    ),
                ),
            ),
            Panel(
                "Memory of programs",
                "bytes",
                (('process_resident_memory_bytes{job="schoolbell"}', "{{program}} {{instance}}"),),
            ),
        ),
    ),
    (
        "What it stands on",
        (
            Panel(
                "PostgreSQL: connections",
                "short",
                (
                    (highest("database_connections", "state"), "{{state}}"),
                    ("max(schoolbell_database_connections_limit)", "limit"),
                ),
            ),
            Panel(
                "Slow statements",
                "ops",
                (("sum(rate(schoolbell_slow_statements_total[$__rate_interval]))", "a second"),),
            ),
            Panel(
                "Redis: memory",
                "bytes",
                (
                    ("max(schoolbell_redis_memory_bytes)", "used"),
                    ("max(schoolbell_redis_memory_limit_bytes) > 0", "limit"),
                ),
            ),
            Panel(
                "Redis: share of keys found",
                "percentunit",
                ((f"{HITS} / ({HITS} + {MISSES})", "found"),),
            ),
            Panel("Redis: clients", "short", (("max(schoolbell_redis_clients)", "connected"),)),
            Panel(
                "Disks and backup",
                "bytes",
                (
                    ("min by (disk) (schoolbell_disk_free_bytes)", "{{disk}} free"),
                    ("max by (disk) (schoolbell_disk_size_bytes)", "{{disk}} size"),
                    ("max(schoolbell_backup_size_bytes)", "backup"),
                ),
            ),
        ),
    ),
)
