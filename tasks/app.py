"""The Celery app: its settings and its queues."""

import os
from typing import Final

from celery import Celery
from kombu import Queue
from kombu.transport import TRANSPORT_ALIASES

from core.env import env
from core.events.nudge import BROKER

# The folders of tasks/, interactive first.
QUEUES: Final = ("notices", "email", "files", "imports", "cleanup", "reports")
LONGEST: Final = 600  # seconds that a task may take before its worker process is replaced

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "core.settings")
# Celery would run Django's checks, which load the whole HTTP API, and look at no result of theirs.
os.environ.setdefault("CELERY_SKIP_CHECKS", "1")

# Not by `broker_transport`, which would change the name that Flower and the logs read too.
TRANSPORT_ALIASES["redis"] = "tasks.broker:SturdyTransport"

app = Celery(
    "schoolbell",
    broker=env().redis_url(BROKER),
    include=["tasks.worker"],
    amqp="tasks.broker:QuickAMQP",
)
app.conf.update(
    task_queues=[Queue(name, routing_key=name) for name in QUEUES],
    task_routes={f"{name}.*": {"queue": name} for name in QUEUES},
    task_default_queue=QUEUES[0],
    task_create_missing_queues=False,  # a typing error is an error, not a queue nobody reads
    # A worker takes no more messages than it has processes. That an attempt may run again is safe,
    # because it is claimed, and so counted, in PostgreSQL before it runs.
    task_acks_late=True,
    task_reject_on_worker_lost=True,
    worker_prefetch_multiplier=1,
    task_ignore_result=True,
    result_backend="django-db",
    task_serializer="json",
    result_serializer="json",
    accept_content=["json"],
    task_time_limit=LONGEST,
    worker_cancel_long_running_tasks_on_connection_loss=False,  # never in the middle of a mail
    broker_connection_retry_on_startup=True,
    broker_connection_max_retries=None,  # the default gives up after 100
    broker_transport_options={
        "queue_order_strategy": "priority",  # in the order of QUEUES
        # Nudges are not kept in Redis until they are done: the relay sends what is lost. That saves
        # two round trips per message, and an answer lost on the way blocks nobody.
        "ack_emulation": False,
        # By default a publish hangs for as long as Redis is frozen.
        "socket_timeout": 2,
        "socket_connect_timeout": 1,
        "socket_keepalive": True,
        # A connection whose other end is silently gone is given up after two of these.
        "health_check_interval": 3,
    },
    worker_send_task_events=True,
    worker_consumer="tasks.broker:QuickConsumer",
    worker_hijack_root_logger=False,
    timezone="UTC",
    CELERY_DB_REUSE_MAX=1_000_000,  # Celery's own clean-up would close the kept connection
)
