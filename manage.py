"""Django's command line, with Schoolbell's settings."""

import os
import sys

from django.core.management import execute_from_command_line

from core.garbage import look_seldom
from core.isolation.scope import everywhere

if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "core.settings")
    look_seldom()
    with everywhere():  # who may run commands here runs the whole system
        execute_from_command_line(sys.argv)
