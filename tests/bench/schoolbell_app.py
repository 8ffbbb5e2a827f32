"""Schoolbell's Celery app, with the benchmark's handlers in the place of the school's."""

from tasks.app import app

app.conf.include = ["tests.bench.schoolbell_worker"]
