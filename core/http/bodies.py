"""JSON bodies: how they are read, and what all of them have in common."""

import json
import re
from datetime import UTC, datetime
from typing import Annotated, Any, Final

from django.http import HttpRequest
from ninja.parser import Parser
from pydantic import (
    AfterValidator,
    AwareDatetime,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    StringConstraints,
)

LARGEST_ID: Final = 2**63 - 1  # PostgreSQL's bigint
JSON: Final = "application/json"
RFC_3339: Final = re.compile(r"\d{4}-\d\d-\d\dT.+", re.ASCII | re.IGNORECASE)


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


def written_out(given: object) -> object:
    """Refuse numbers and bare dates, which pydantic would read as moments too."""
    if not (isinstance(given, str) and RFC_3339.fullmatch(given)):
        raise ValueError("must be a time like 2030-01-31T16:00:00+01:00")
    return given


def in_utc(moment: datetime) -> datetime:
    """The same moment in UTC; the first and last hours of the calendar have none."""
    try:
        return moment.astimezone(UTC)
    except OverflowError:
        raise ValueError("must be a time that exists in UTC") from None


def one_line(text: str) -> str:
    """Refuse what would break a heading or a mail's subject."""
    if not text.isprintable():
        raise ValueError("must not contain control characters or line breaks")
    return text


Id = Annotated[str, BeforeValidator(str)]  # opaque to clients, a number to us
Moment = Annotated[AwareDatetime, BeforeValidator(written_out), AfterValidator(in_utc)]
STORABLE: Final = AfterValidator(storable)  # on every text of a body, behind its other limits

Title = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=1, max_length=200),
    STORABLE,
    AfterValidator(one_line),
]
BodyText = Annotated[str, StringConstraints(max_length=20_000), STORABLE]


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
