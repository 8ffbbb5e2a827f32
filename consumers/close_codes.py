"""Why the server closes a socket."""

from typing import Final

TRY_AGAIN: Final = 1013  # too slow to read, or the database is away: come back with `after`
NOT_SIGNED_IN: Final = 4401
NOT_ALLOWED: Final = 4403  # not any more
TOO_FAST: Final = 4429
