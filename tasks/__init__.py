"""Celery: the app, the drain, the relay, and one folder of handlers per queue."""
