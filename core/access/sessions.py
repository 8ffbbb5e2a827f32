"""Sessions that know whose they are; settings.SESSION_ENGINE names this module."""

from typing import Any, Final, cast

from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore as DatabaseStore
from django.utils.dateparse import parse_datetime

from core.access.models import BrowserSession

USER_AGENT: Final = "user_agent"
STARTED_AT: Final = "started_at"


class SessionStore(DatabaseStore):
    """Django's sessions in PostgreSQL, with the person and their browser beside them."""

    @classmethod
    def get_model_class(cls) -> type[BrowserSession]:
        return BrowserSession

    def create_model_instance(self, data: dict[str, Any]) -> BrowserSession:
        """The row of a session; nobody's until somebody has signed in entirely."""
        row = cast("BrowserSession", super().create_model_instance(data))
        row.user_id = data.get(SESSION_KEY)
        row.user_agent = data.get(USER_AGENT, "")
        row.started_at = parse_datetime(data.get(STARTED_AT, ""))
        return row
