"""The API's description says what a client must know."""

import json
import re
from collections import Counter
from typing import Any

import pytest
from django.test import Client
from jsonschema_rs import Draft202012Validator

from core.api import api
from core.http.bodies import Given, Told


@pytest.fixture(scope="module")
def schema() -> dict[str, Any]:
    return dict(api.get_openapi_schema())


def operations(schema: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """Every operation by method and path."""
    return {
        f"{method} {path}": operation
        for path, methods in schema["paths"].items()
        for method, operation in methods.items()
    }


def test_every_operation_says_what_it_does(schema: dict[str, Any]) -> None:
    found = operations(schema).values()
    assert all(each["summary"] and each["description"] for each in found)
    assert len({each["operationId"] for each in found}) == len(found)


def test_every_operation_says_how_it_can_fail(schema: dict[str, Any]) -> None:
    answers = operations(schema)["patch /api/homework/{homework_id}"]["responses"]
    assert set(answers) == {200, 400, 401, 403, 404, 409, 413, 415, 422, 503}
    content = answers[409]["content"]["application/problem+json"]
    assert content["schema"] == {"$ref": "#/components/schemas/Problem"}


def test_every_reference_leads_somewhere(schema: dict[str, Any]) -> None:
    references = set(re.findall(r'"\$ref": "([^"]+)"', json.dumps(schema)))
    defined = {f"#/components/schemas/{name}" for name in schema["components"]["schemas"]}
    assert references <= defined


def test_every_json_body_and_answer_has_an_example_that_fits(schema: dict[str, Any]) -> None:
    shown = 0
    for name, operation in operations(schema).items():
        parts = [*operation["responses"].items(), ("body", operation.get("requestBody", {}))]
        for status, part in parts:
            content = part.get("content", {}).get("application/json")
            if content and content.get("schema"):
                whole = {"components": schema["components"], "allOf": [content["schema"]]}
                found = [
                    str(each)
                    for each in Draft202012Validator(whole).iter_errors(content["example"])
                ]
                assert found == [], (name, status)
                shown += 1
    assert shown > 100


def test_posts_of_people_take_a_key(schema: dict[str, Any]) -> None:
    def takes_key(operation: dict[str, Any]) -> bool:
        return any(each["name"] == "Idempotency-Key" for each in operation["parameters"])

    for name, operation in operations(schema).items():
        is_post_of_person = name.startswith("post") and "security" in operation
        assert takes_key(operation) == is_post_of_person


@pytest.mark.parametrize("path", ["/api/openapi.json", "/api/docs"])
def test_it_is_there_for_all_and_fetches_nothing_from_elsewhere(path: str) -> None:
    answer = Client().get(path)
    assert answer.status_code == 200
    assert b"//cdn" not in answer.content


def test_no_two_bodies_share_a_name() -> None:
    """The description knows them by name alone: the second would stand for the first."""
    found = [*all_below(Told), *all_below(Given)]
    names = Counter(each.__name__ for each in found if each.__module__.startswith("core."))
    assert {name: count for name, count in names.items() if count > 1} == {}


def all_below(kind: type) -> set[type]:
    """A class's subclasses, and theirs."""
    direct: list[type] = kind.__subclasses__()
    return {*direct, *(below for each in direct for below in all_below(each))}
