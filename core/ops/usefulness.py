"""TABLE: for how long after its event it is still of use to run a delivery again."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Final

from django.db.models import Q

# By queue, or by handler where one differs; for all others it always is.
USEFUL_FOR: Final[Mapping[str, timedelta]] = {
    "email": timedelta(days=7),  # who has heard nothing for a week has seen it in the portal
    "notices": timedelta(days=30),
}


def past_use(now: datetime) -> Q:
    """The deliveries that come too late by now."""
    late = Q(pk__in=[])
    for name, age in USEFUL_FOR.items():
        late |= _of(name) & Q(occurred_at__lt=now - age)
    return late


def _of(name: str) -> Q:
    if "." in name:
        return Q(handler=name)
    own = [handler for handler in USEFUL_FOR if handler.startswith(f"{name}.")]
    return Q(handler__startswith=f"{name}.") & ~Q(handler__in=own)
