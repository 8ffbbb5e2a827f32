"""Events are frozen, typed values with a schema."""

import json

import pytest
from pydantic import ValidationError

from core.homework.events import HomeworkPublished


def test_an_event_cannot_be_changed() -> None:
    event = HomeworkPublished(centre_id=1, homework_id=7)
    with pytest.raises(ValidationError):
        event.homework_id = 8  # type: ignore[misc]


def test_an_event_says_what_it_holds() -> None:
    schema = HomeworkPublished.model_json_schema()
    assert schema["required"] == ["centre_id", "homework_id"]
    assert schema["properties"]["homework_id"]["type"] == "integer"


def test_an_event_survives_its_payload_and_fields_it_does_not_know() -> None:
    event = HomeworkPublished(centre_id=1, homework_id=7)
    stored = json.loads(event.payload()) | {"added_later": True}
    assert HomeworkPublished.model_validate(stored) == event
