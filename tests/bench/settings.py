"""Schoolbell's settings, with the benchmark's table and handlers in the place of the school's."""

import os
import sys

from core.settings import *  # noqa: F403
from core.settings import DATABASES, INSTALLED_APPS

if os.environ.get("BENCH_PSYCOPG") != "3":
    # Django takes psycopg 3 wherever it finds it. It lies among the peers for Procrastinate alone.
    sys.modules["psycopg"] = None  # type: ignore[assignment]

DEBUG = False  # as in production: else Django keeps a copy of every statement
INSTALLED_APPS = [*INSTALLED_APPS, "tests.bench"]
EVENT_SUBSCRIPTIONS = "tests.bench.schoolbell.SUBSCRIPTIONS"
if os.environ.get("BENCH_BACKEND") == "django":  # what everybody has who has not Schoolbell's
    DATABASES["default"]["ENGINE"] = "django.db.backends.postgresql"
