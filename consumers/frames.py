"""Frames of the socket: reading and checking the client's, writing the server's."""

import json
from typing import Annotated, Any, Final, Literal

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError
from pydantic_core import from_json

from core.live.entries import StoredEntry

StreamName = Annotated[str, Field(max_length=100)]
Ref = Annotated[str, Field(max_length=100)] | int | None


class ClientFrame(BaseModel):
    """What a client may say. Fields that are not known are passed over."""

    model_config = ConfigDict(frozen=True, strict=True)

    ref: Ref = None  # echoed in the answer


class Subscribe(ClientFrame):
    """Watch a stream: what came after number `after`, or from now on."""

    op: Literal["subscribe"]
    stream: StreamName
    after: int | None = None


class Unsubscribe(ClientFrame):
    """Watch a stream no more."""

    op: Literal["unsubscribe"]
    stream: StreamName


class Publish(ClientFrame):
    """Say something in a stream."""

    op: Literal["publish"]
    stream: StreamName
    data: dict[str, Any]


class Auth(ClientFrame):
    """Sign in with an access token, or go on with a newer one."""

    op: Literal["auth"]
    token: str


class Ping(ClientFrame):
    """Are you there?"""

    op: Literal["ping"]


Frame = Subscribe | Unsubscribe | Publish | Auth | Ping
OPS: Final = ("subscribe", "unsubscribe", "publish", "auth", "ping")
READER: Final[TypeAdapter[Frame]] = TypeAdapter(Annotated[Frame, Field(discriminator="op")])


class FrameError(Exception):
    """A frame that cannot be followed; answered with an `error` frame."""

    def __init__(self, code: str, detail: str, ref: Ref = None) -> None:
        super().__init__(detail)
        self.answer = error(code, detail, ref)


def parse(text: str | None) -> Frame:
    """The frame that a client sent; None stands for a binary one.

    Raises FrameError with code `malformed`, `unknown_op` or `invalid`.
    """
    if text is None:
        raise FrameError("malformed", "Frames are text.")
    raw = _read_object(text)
    ref = _ref_of(raw)
    if raw.get("op") not in OPS:
        raise FrameError("unknown_op", f"`op` is one of {', '.join(OPS)}.", ref)
    try:
        return READER.validate_python(raw)
    except ValidationError as problems:
        raise FrameError("invalid", _describe(problems), ref) from problems


def _read_object(text: str) -> dict[str, Any]:
    try:
        raw = from_json(text)
    except ValueError as problem:
        raise FrameError("malformed", "The frame is not JSON.") from problem
    if not isinstance(raw, dict):
        raise FrameError("malformed", "The frame is not a JSON object.")
    return raw


def _ref_of(raw: dict[str, Any]) -> Ref:
    try:
        return ClientFrame.model_validate({"ref": raw.get("ref")}).ref
    except ValidationError:
        return None


def _describe(problems: ValidationError) -> str:
    """`after: Input should be a valid integer`, one after the other."""
    found = problems.errors(include_input=False, include_url=False, include_context=False)
    return "; ".join(f"{each['loc'][-1]}: {each['msg']}" for each in found)


def subscribed(name: str, seq: int, ref: Ref) -> str:
    """The stream is watched; `seq` is its head."""
    return _write(op="subscribed", stream=name, seq=seq, ref=ref)


def published(name: str, seq: int, ref: Ref) -> str:
    """What the client said is stored, under this number."""
    return _write(op="published", stream=name, seq=seq, ref=ref)


def entry(name: str, stored: StoredEntry) -> str:
    """An entry of a stream."""
    return _write(
        op="entry",
        stream=name,
        seq=stored.seq,
        type=stored.type,
        data=stored.data,
        at=stored.at.isoformat(),
    )


def tick(name: str, type_: str, data: dict[str, Any]) -> str:
    """Something said to those who watch a stream now, and stored nowhere."""
    return _write(op="tick", stream=name, type=type_, data=data)


def head(name: str, seq: int) -> str:
    """The heartbeat: a client that has not seen number `seq` has missed something."""
    return _write(op="head", stream=name, seq=seq)


def resync(name: str, seq: int) -> str:
    """What came up to `seq` cannot be told; entries go on behind it."""
    return _write(op="resync", stream=name, seq=seq)


def error(code: str, detail: str, ref: Ref = None) -> str:
    """The client's frame was not followed."""
    return _write(op="error", code=code, detail=detail, ref=ref)


def authenticated(ref: Ref) -> str:
    """The token was taken; told to a client that gave the frame a `ref`."""
    return _write(op="authenticated", ref=ref)


def pong() -> str:
    """Yes."""
    return _write(op="pong")


def _write(**fields: Any) -> str:
    return json.dumps(fields, ensure_ascii=False, separators=(",", ":"))
