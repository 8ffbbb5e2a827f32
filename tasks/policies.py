"""TABLE: what happens when a handler fails: how often it is tried, when, and what is final."""

import random
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from django.core.exceptions import ObjectDoesNotExist


class PermanentError(Exception):
    """Trying again would change nothing: the delivery is a dead letter at once."""


@dataclass(frozen=True, slots=True)
class Policy:
    """Exponential back-off with jitter: 1, 2, 4 ... seconds up to `longest`, half of it by chance.

    By default a delivery is tried for about three quarters of an hour before it is a dead letter. A
    `permanent` failure is dead at once. `at_once` bounds how many deliveries of one centre run at
    the same time; about, since two workers that claim together may both see the last place free.
    """

    attempts: int = 14
    first: timedelta = timedelta(seconds=1)
    longest: timedelta = timedelta(minutes=15)
    permanent: tuple[type[Exception], ...] = (PermanentError, ObjectDoesNotExist)
    at_once: int | None = None  # deliveries of a centre

    def wait_after(self, attempt: int) -> timedelta:
        """How long to wait after the attempt of this number, counted from 1."""
        doublings: int = 2 ** min(attempt - 1, 30)
        whole = min(self.first * doublings, self.longest)
        return whole * random.uniform(0.5, 1)  # noqa: S311 - spreads retries, keeps no secret

    def is_final(self, error: Exception, attempt: int) -> bool:
        """Whether the failure of the attempt of this number was the last."""
        return attempt >= self.attempts or isinstance(error, self.permanent)


DEFAULT: Final = Policy()

# A mail server may be away for a night: 60 attempts take some nine hours. A header that would hold
# a line break (ValueError) never becomes right. A flood from one centre leaves room.
MAIL: Final = Policy(
    attempts=60, permanent=(PermanentError, ObjectDoesNotExist, ValueError), at_once=50
)

POLICIES: Final[Mapping[str, Policy]] = {
    "cleanup.keep_house": Policy(attempts=5, at_once=1),
    # A full disk is not soon another one.
    "cleanup.make_backup": Policy(
        attempts=3, first=timedelta(minutes=5), longest=timedelta(minutes=30), at_once=1
    ),
    "email.mail_class": MAIL,
    **dict.fromkeys(
        (
            "email.mail_opened",
            "email.mail_assigned",
            "email.mail_commented",
            "email.mail_resolved",
            "email.mail_reopened",
        ),
        MAIL,
    ),
    # people
    **dict.fromkeys(
        ("email.mail_invitation", "email.mail_new_address", "email.mail_old_address"),
        Policy(attempts=60, permanent=(PermanentError, ObjectDoesNotExist, ValueError), at_once=50),
    ),
    # A batch that clashed with somebody else's change is read anew.
    **dict.fromkeys(("imports.check_import", "imports.run_import"), Policy(attempts=5, at_once=1)),
    # A centre's reports are made one after the other, so that those of another get their turn.
    "reports.make_report": Policy(attempts=5, at_once=1),
    **dict.fromkeys(("email.mail_ready", "email.mail_submitted", "email.mail_released"), MAIL),
    "email.mail_digest": MAIL,
    "email.mail_mentioned": MAIL,
    # It waits for a canary, which may itself be tried for nine hours.
    "cleanup.release_rest": Policy(attempts=600, longest=timedelta(minutes=1)),
}


def policy_of(handler: str) -> Policy:
    """The policy of a handler by its name."""
    return POLICIES.get(handler, DEFAULT)
