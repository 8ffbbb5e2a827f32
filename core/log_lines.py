"""Log records as JSON: one object per line, with the ids of what is being worked on."""

import json
import logging
from datetime import UTC, datetime
from uuid import UUID

from core.events.context import current
from core.tracing.doors import is_on
from core.tracing.ids import trace_of


class JsonLines(logging.Formatter):
    """time, level, logger, message; request, event, delivery, trace, exception if there is one."""

    def format(self, record: logging.LogRecord) -> str:
        at = datetime.fromtimestamp(record.created, UTC)
        context = current()
        request = getattr(record, "request", None)  # of lines that Django writes after the request
        request_id = context.request_id or getattr(request, "request_id", "")
        told = {
            "time": at.isoformat(timespec="milliseconds").replace("+00:00", "Z"),
            "level": record.levelname,
            "logger": record.name,
            "message": record.getMessage(),
            "request": request_id,
            "event": context.event_id and str(context.event_id),
            "delivery": context.delivery_id,
            "trace": _trace(request_id, context.event_id),
            "exception": self.formatException(record.exc_info) if record.exc_info else None,
        }
        return json.dumps({key: value for key, value in told.items() if value}, ensure_ascii=False)


def _trace(request_id: str, event_id: UUID | None) -> str:
    if not is_on() or not (request_id or event_id):
        return ""
    return f"{trace_of(request_id, event_id):032x}"
