"""Schoolbell's Celery app, with stamps on what its workers do."""

from tasks.app import app

app.conf.include = ["tests.bench.way_worker"]
