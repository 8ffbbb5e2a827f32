"""TABLE: which addresses take passwords and codes, and what that means for Idempotency-Key.

Whatever is done there may fail by a wrong password, and that stays counted: no transaction is put
around it. Answers that hold a secret are told once and kept nowhere.
"""

from typing import Final

SIGNING_IN: Final = "/api/auth/"
NEW_ADDRESS: Final = "/api/me/email"

# Open to who has not signed in: whose the key would be, nobody can tell.
OF_NOBODY: Final = frozenset(
    {
        "/api/auth/login",
        "/api/auth/token",
        "/api/auth/token/refresh",
        "/api/auth/password/forgotten",
        "/api/auth/password/reset",
    }
)
TELL_SECRETS: Final = frozenset(
    {
        "/api/auth/second-factor",
        "/api/auth/second-factor/confirm",
        "/api/auth/second-factor/recovery-codes",
    }
)


def is_guarded(path: str) -> bool:
    """Whether a password or a code is taken there, within limits."""
    return path.startswith(SIGNING_IN) or path == NEW_ADDRESS


def takes_key(path: str) -> bool:
    """Whether an Idempotency-Key counts there."""
    return path not in OF_NOBODY


def tells_secret(path: str) -> bool:
    """Whether good answers hold what is told once."""
    return path in TELL_SECRETS
