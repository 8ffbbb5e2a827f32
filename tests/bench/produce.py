"""A producer: `python -m tests.bench.produce module:function COUNT [PER_SECOND]`."""

import sys
import time

import django
from django.db import connection
from django.utils.module_loading import import_string


def produce(action: str, count: int, per_second: float) -> None:
    """Act so often, at most so many times a second; 0 for as fast as it goes."""
    act = import_string(action.replace(":", "."))
    connection.ensure_connection()
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    sys.stdin.readline()
    begin = time.monotonic()
    for number in range(count):
        if per_second:
            time.sleep(max(0, begin + number / per_second - time.monotonic()))
        act()
    took = time.monotonic() - begin
    if per_second:
        import_string("tests.bench.work.write_commits")()
    sys.stdout.write(f"{took}\n")
    sys.stdout.flush()
    sys.stdin.readline()  # nudges are sent by a thread: stay until told


if __name__ == "__main__":
    django.setup()
    produce(sys.argv[1], int(sys.argv[2]), float(sys.argv[3]) if len(sys.argv) > 3 else 0)
