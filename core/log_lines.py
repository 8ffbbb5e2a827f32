"""Log records as JSON: one object per line, with the ids of what is being worked on."""

import json
import logging
from datetime import UTC, datetime

from core.events.context import current


class JsonLines(logging.Formatter):
    """time, level, logger, message; request, event, delivery and exception where there is one."""

    def format(self, record: logging.LogRecord) -> str:
        at = datetime.fromtimestamp(record.created, UTC)
        context = current()
        request = getattr(record, "request", None)  # of lines that Django writes after the request
        told = {
            "time": at.isoformat(timespec="milliseconds").replace("+00:00", "Z"),
            "level": record.levelname,
            "logger": record.name,
            "message": record.getMessage(),
            "request": context.request_id or getattr(request, "request_id", ""),
            "event": context.event_id and str(context.event_id),
            "delivery": context.delivery_id,
            "exception": self.formatException(record.exc_info) if record.exc_info else None,
        }
        return json.dumps({key: value for key, value in told.items() if value}, ensure_ascii=False)
