"""What may be chosen."""

from typing import Any

from core.people.actor import Actor
from core.reports.kind import Kind, Params


def check_choices(params: Params, by: Actor) -> None:
    """x"""


def filters_in_words(params: Params, centre_id: int) -> tuple[tuple[str, str], ...]:
    """x"""
    return ()


def described(kind: Kind) -> dict[str, Any]:
    """x"""
    return kind.params.model_json_schema()
