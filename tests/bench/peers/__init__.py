"""Other tools than Celery, a module each. Whichever is imported finds Django set up."""

import os
from typing import Final

import django

from core.env import env

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.bench.settings")
django.setup()

REDIS: Final = env().redis_url(2)  # where Celery's broker is too
