"""Examples in the API's description, made of its schemas and a table of words."""

from collections.abc import Callable
from typing import Any, Final

# TABLE: what a field of this name may hold. Names mean the same throughout the API.
WORDS: Final[dict[str, Any]] = {
    "access": "eyJhbGciOiJIUzI1NiJ9.e30.c2lnbmF0dXJl",
    "begins": "2026-09-01",
    "body": "Page 12, exercises 1 to 4.",
    "class_name": "7A",
    "code": "123456",
    "colour": "#2e7d4f",
    "column": "email",
    "comment": "Well done.",
    "csrf_token": "M4fjZQ3bT1yqk0uWx2pRc8sVnLhEaGd7",
    "detail": "There is no such homework.",
    "email": "ada@oakwood.example",
    "ends": "2026-12-18",
    "fault": "",
    "file_name": "people.csv",
    "handler": "notices.notify_class",
    "homework_title": "Fractions",
    "kind": "homework",
    "media_type": "application/pdf",
    "message_id": "<5d2c0f9a@schoolbell.example>",
    "msg": "must be in the future",
    "name": "Ada Ashby",
    "new_password": "a long and winding road",
    "next": None,
    "old_password": "correct horse battery",
    "password": "correct horse battery",
    "q": "ada",
    "reason": "The trip leaves tomorrow at seven.",
    "refresh": "eyJhbGciOiJIUzI1NiJ9.e30.cmVmcmVzaA",
    "relationship": "mother",
    "score": 87,
    "sha256": "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
    "short_name": "Oakwood",
    "slug": "oakwood",
    "student_name": "Ada Ashby",
    "subject": "The projector in room 12 stays dark",
    "timezone": "Europe/London",
    "title": "Fractions",
    "url": "/homework/17",
    "user_agent": "Mozilla/5.0",
    "width": 6,
}
FORMATS: Final = {
    "date": "2026-11-27",
    "date-time": "2026-11-27T16:00:00Z",
    "time": "20:00:00",
    "uuid": "0193a6f2-7c1e-7d60-9f3a-2b8c4d5e6f70",
    "binary": "",
}
PLAIN: Final[dict[str, Any]] = {"integer": 1, "number": 0.5, "boolean": True, "null": None}


class Examples:
    """What an answer or a body may look like."""

    def __init__(self, schemas: dict[str, Any]) -> None:
        self._schemas = schemas

    def of(self, schema: dict[str, Any], name: str = "") -> Any:
        """A value for a schema, found by the field's name, else by its kind."""
        schema = self._resolved(schema)
        fixed = schema.get("const", schema.get("default"))
        if fixed is not None:
            return fixed
        if "enum" in schema:
            return WORDS[name] if WORDS.get(name) in schema["enum"] else schema["enum"][0]
        return (
            self._one_of(schema["anyOf"], name) if "anyOf" in schema else self._kind(schema, name)
        )

    def _resolved(self, schema: dict[str, Any]) -> dict[str, Any]:
        """The schema that a reference leads to."""
        while "$ref" in schema or "allOf" in schema:
            reference = schema.get("$ref") or schema["allOf"][0]["$ref"]
            schema = self._schemas[reference.rpartition("/")[2]]
        return schema

    def _one_of(self, schemas: list[dict[str, Any]], name: str) -> Any:
        """Of several kinds the first; null only where nothing else may be, or the table says so."""
        if name in WORDS and WORDS[name] is None:
            return None
        return self.of(next(each for each in schemas if each.get("type") != "null"), name)

    def _kind(self, schema: dict[str, Any], name: str) -> Any:
        kind = schema.get("type", "object")
        made: dict[str, Callable[[], Any]] = {
            "object": lambda: self._object(schema),
            "array": lambda: self._array(schema, name),
            "string": lambda: self._string(schema, name),
        }
        if kind in made:
            return made[kind]()
        word = WORDS.get(name)
        number = word if isinstance(word, int) and kind in ("integer", "number") else PLAIN[kind]
        return min(number, schema["maximum"]) if "maximum" in schema else number

    def _array(self, schema: dict[str, Any], name: str) -> list[Any]:
        """Of a list one item; of what has its places, like `[x, y]`, each."""
        places = schema.get("prefixItems", [schema.get("items", {})])
        return [self.of(each, name.removesuffix("s")) for each in places]

    def _object(self, schema: dict[str, Any]) -> dict[str, Any]:
        return {name: self.of(each, name) for name, each in schema.get("properties", {}).items()}

    def _string(self, schema: dict[str, Any], name: str) -> str:
        if "format" in schema and schema["format"] in FORMATS:
            return FORMATS[schema["format"]]
        if name == "id" or name.endswith("_id"):
            return "17"
        word = WORDS.get(name)
        return word if isinstance(word, str) else "text"


def give_examples(schema: dict[str, Any]) -> None:
    """Put an example beside the schema of each JSON body and each good answer."""
    examples = Examples(schema["components"]["schemas"])
    for methods in schema["paths"].values():
        for operation in methods.values():
            shown = [operation["requestBody"]] if "requestBody" in operation else []
            shown += [each for status, each in operation["responses"].items() if int(status) < 300]  # noqa: PLR2004 - HTTP
            for each in shown:
                content = each.get("content", {}).get("application/json")
                if content and content.get("schema"):
                    content.setdefault("example", examples.of(content["schema"]))
