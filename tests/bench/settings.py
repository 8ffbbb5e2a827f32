"""Schoolbell's settings, with the benchmark's table and handlers in the place of the school's."""

from core.settings import *  # noqa: F403
from core.settings import INSTALLED_APPS

INSTALLED_APPS = [*INSTALLED_APPS, "tests.bench"]
EVENT_SUBSCRIPTIONS = "tests.bench.schoolbell.SUBSCRIPTIONS"
