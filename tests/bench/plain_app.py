"""Plain Celery's app: defaults, or the settings that people who measured arrive at."""

import os

from celery import Celery

from core.env import env

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.bench.settings")

app = Celery("plain", broker=env().redis_url(2), include=["tests.bench.plain_celery"])
app.conf.task_ignore_result = True
app.conf.task_default_queue = "plain"
app.conf.broker_connection_retry_on_startup = True
if os.environ.get("BENCH_TUNED"):
    app.conf.update(
        task_acks_late=True, worker_prefetch_multiplier=4, CELERY_DB_REUSE_MAX=1_000_000
    )
