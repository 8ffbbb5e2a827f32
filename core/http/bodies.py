"""JSON bodies: how they are read, and what all of them have in common."""

import json
from typing import Annotated, Any, Final

from django.http import HttpRequest
from ninja.parser import Parser
from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict

LARGEST_ID: Final = 2**63 - 1  # PostgreSQL's bigint
JSON: Final = "application/json"


class MediaTypeError(Exception):
    """The body is not declared to be JSON."""


class JsonParser(Parser):
    """Reads a body only when it says that it is JSON: no form of another site can."""

    def parse_body(self, request: HttpRequest) -> Any:
        if request.content_type != JSON:
            raise MediaTypeError
        return json.loads(request.body)


def storable(text: str) -> str:
    """Refuse what JSON can carry and PostgreSQL cannot: NUL, and halves of characters."""
    if "\0" in text:
        raise ValueError("must not contain NUL characters")
    try:
        text.encode()
    except UnicodeEncodeError:
        raise ValueError("must be valid Unicode") from None
    return text


Id = Annotated[str, BeforeValidator(str)]  # opaque to clients, a number to us
STORABLE: Final = AfterValidator(storable)  # on every text of a body, behind its other limits


class Given(BaseModel):
    """A body: what it does not know, it refuses."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Told(BaseModel):
    """An answer, or a part of one."""

    model_config = ConfigDict(frozen=True)


def id_from(text: str) -> int | None:
    """The number that an id stands for; None for what cannot be one of ours."""
    if not (text.isascii() and text.isdecimal() and len(text) <= len(str(LARGEST_ID))):
        return None
    number = int(text)
    return number if number <= LARGEST_ID else None
