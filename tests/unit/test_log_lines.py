"""A log record is one line, whatever it holds."""

import json
import logging
import sys
from typing import Any
from uuid import UUID

from core.events.context import working_on
from core.log_lines import JsonLines

EVENT = UUID("0197a000-0000-7000-8000-000000000001")


def written(message: str, *args: object, **extra: Any) -> dict[str, Any]:
    record = logging.LogRecord("core.tried", logging.INFO, __file__, 1, message, args, None)
    record.__dict__.update(extra)
    line = JsonLines().format(record)
    assert "\n" not in line
    told: dict[str, Any] = json.loads(line)
    return told


def test_what_is_not_there_is_left_out() -> None:
    told = written("Größe: %d\nand more", 5)
    assert told.pop("time").endswith("Z")
    assert told == {"level": "INFO", "logger": "core.tried", "message": "Größe: 5\nand more"}


def test_ids_of_what_is_being_worked_on() -> None:
    with working_on(request_id="abc", event_id=EVENT, delivery_id=7):
        told = written("tried")
    assert (told["request"], told["event"], told["delivery"]) == ("abc", str(EVENT), 7)


def test_an_exception_is_told_with_its_traceback() -> None:
    try:
        int("no such thing")
    except ValueError:
        told = written("failed", exc_info=sys.exc_info())
    assert told["exception"].startswith("Traceback")
    assert "ValueError: invalid literal" in told["exception"]
