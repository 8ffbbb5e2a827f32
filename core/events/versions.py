"""Reading events of other versions: old payloads are brought up to date, newer ones must wait.

An event that changed otherwise than by a field with a default counts its `version` up and says in
`upcasts` how the fields of the version before become its own:

    class GradePublished(Event):
        version = 2
        upcasts = {1: lambda fields: fields | {"points": fields["marks"] * 10}}
"""

import json
from typing import TypeVar

from core.events.event import Event

E = TypeVar("E", bound=Event)


class NewerVersionError(ValueError):
    """The event was written by newer code; a worker that knows its version must handle it."""


class MissingUpcastError(ValueError):
    """Nobody says how an old payload becomes one of today."""


def read_event(event_type: type[E], version: int, payload: str) -> E:
    """The event that a payload (JSON) of some version holds.

    Raises NewerVersionError or MissingUpcastError, or pydantic's ValidationError; all of them are
    ValueErrors. Fields that are not known are left out.
    """
    if version > event_type.version:
        raise NewerVersionError(
            f"{event_type.kind()} has version {version}; this worker knows {event_type.version}."
        )
    if version == event_type.version:
        return event_type.model_validate_json(payload)
    fields = json.loads(payload)
    for step in range(version, event_type.version):
        if step not in event_type.upcasts:
            raise MissingUpcastError(
                f"{event_type.kind()} has no upcast from version {step} to {step + 1}."
            )
        fields = event_type.upcasts[step](fields)
    return event_type.model_validate_json(json.dumps(fields))
