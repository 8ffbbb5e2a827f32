"""Tables of who is signed in, and of how often somebody tried to be."""

import uuid

from django.contrib.sessions.backends.base import SessionBase
from django.contrib.sessions.base_session import AbstractBaseSession
from django.db import models

from core.people.models import User

LONGEST_AGENT = 200  # characters of a User-Agent that are kept


class BrowserSession(AbstractBaseSession):
    """A browser's session, with whose it is: so that a person can see and end each of theirs."""

    user = models.ForeignKey(User, models.CASCADE, null=True, related_name="+")
    user_agent = models.CharField(max_length=LONGEST_AGENT, default="")
    started_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "browser_session"

    @classmethod
    def get_session_store_class(cls) -> type[SessionBase]:
        """Django's hook for `get_decoded`, which nothing here uses."""
        raise NotImplementedError


class TokenFamily(models.Model):
    """All tokens that one sign-in of an API client has led to; they end together.

    Of its refresh tokens only the newest counts, and only its hash is kept.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    user = models.ForeignKey(User, models.CASCADE, related_name="+")
    user_agent = models.CharField(max_length=LONGEST_AGENT, default="")
    password_stamp = models.CharField(max_length=128)  # changes with the password
    refresh_hash = models.CharField(max_length=64)  # SHA-256
    created_at = models.DateTimeField()
    last_used_at = models.DateTimeField()
    expires_at = models.DateTimeField(db_index=True)  # when its last refresh token does
    revoked_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "token_family"

    def __str__(self) -> str:
        return f"tokens of {self.user_id}"


class TryCount(models.Model):
    """How often something was tried in vain; core/access/limits.py has the rules.

    The key is a hash: people type passwords into the wrong field.
    """

    key = models.CharField(max_length=80, primary_key=True)
    failures = models.PositiveIntegerField(default=0)
    open = models.PositiveIntegerField(default=0)  # tries that have not ended
    since = models.DateTimeField(db_index=True)

    class Meta:
        db_table = "try_count"

    def __str__(self) -> str:
        return self.key
