"""What every operation has in common, in the API's own description."""

from collections.abc import Callable
from http import HTTPStatus
from typing import Any, Final

from core.http.answers import MEDIA_TYPE
from core.http.examples import give_examples
from core.http.guarded import is_guarded, takes_key, tells_secret

KEY_HEADER: Final = {
    "in": "header",
    "name": "Idempotency-Key",
    "required": False,
    "schema": {"type": "string", "minLength": 1, "maxLength": 255},
    "description": "The same key and body within 24 hours give the same answer, and happen once.",
}
SECRET_KEY: Final = KEY_HEADER | {
    "description": "The same key within 24 hours is answered with 409: what was told is told once."
}
FAULT: Final = {
    "type": "object",
    "required": ["loc", "msg"],
    "properties": {
        "loc": {"type": "array", "items": {"type": ["string", "integer"]}},
        "msg": {"type": "string"},
    },
}
PROBLEM: Final = {
    "title": "Problem",
    "type": "object",
    "required": ["type", "title", "status", "detail", "errors", "request_id"],
    "properties": {
        "type": {"type": "string"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string"},
        "errors": {"type": "array", "items": FAULT},
        "request_id": {"type": "string"},
    },
}
ALWAYS: Final = (422, 503)
SIGNED_IN: Final = (401, 403)
GUARDED: Final = (401, 409, 429)  # what proves who one is
WITH_BODY: Final = (400, 401, 403, 413, 415)


def describe(schema_of: Callable[..., dict[str, Any]], **options: Any) -> dict[str, Any]:
    """The description that Ninja makes, with the problems each operation may answer with."""
    schema = schema_of(**options)
    schema["components"]["schemas"]["Problem"] = PROBLEM
    for path, methods in schema["paths"].items():
        for method, operation in methods.items():
            statuses = problems_of(path, method, operation)
            if names_something(operation, schema["components"]["schemas"]):
                statuses.append(404)
            for status in sorted(statuses):
                operation["responses"].setdefault(status, _problem_answer(status))
            if method == "post" and operation.get("security") and takes_key(path):
                operation["parameters"].append(SECRET_KEY if tells_secret(path) else KEY_HEADER)
    give_examples(schema)
    return schema


def problems_of(path: str, method: str, operation: dict[str, Any]) -> list[int]:
    """Statuses of the problems that an operation may answer with."""
    of_one = "{" in path
    told = {
        ALWAYS: True,
        SIGNED_IN: "security" in operation,
        WITH_BODY: "requestBody" in operation,
        GUARDED: is_guarded(path) and method == "post",
        (404,): of_one,
        (409,): of_one and method != "get",
    }
    return sorted({status for statuses, is_so in told.items() if is_so for status in statuses})


def names_something(operation: dict[str, Any], bodies: dict[str, Any]) -> bool:
    """Whether the body holds the id of a thing, which there may not be."""
    content = operation.get("requestBody", {}).get("content", {}).get("application/json", {})
    name = content.get("schema", {}).get("$ref", "").rpartition("/")[2]
    return any(field.endswith("_id") for field in bodies.get(name, {}).get("properties", {}))


def _problem_answer(status: int) -> dict[str, Any]:
    return {
        "description": HTTPStatus(status).phrase,
        "content": {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}},
    }
