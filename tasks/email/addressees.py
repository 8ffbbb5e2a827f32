"""Whom a batch's letters go to."""

from typing import Any

from core.people.models import User
from tasks.handler import Batch


def addressees(batch: Batch[Any]) -> dict[str, User]:
    """The persons by delivery's key; asked once for the batch."""
    people = User.objects.in_bulk({int(each.key) for each in batch.claimed})
    return {str(pk): person for pk, person in people.items()}
