"""What kinds of stream there can be, and how a name that a client says leads to one."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class StreamKind:
    """Streams that clients call `prefix` or `prefix:ID`.

    `find(user_id, ident)` names the stream as it is stored if that person may read it; None when
    they may not or there is none, which are the same to them. It may ask the database. All who may
    read a stream call it by the same name.
    """

    prefix: str
    find: Callable[[int, str], str | None]
    takes_publish: bool = False  # whether clients may publish to it


@dataclass(frozen=True, slots=True)
class FoundStream:
    """A stream that a person may read, by the name in PostgreSQL and the one clients say."""

    kind: StreamKind
    stored_as: str
    name: str


def find_stream(kinds: Sequence[StreamKind], user_id: int, name: str) -> FoundStream | None:
    """The stream that a client calls `name`, if the person may read it."""
    prefix, colon, ident = name.partition(":")
    if colon and not ident:
        return None
    for kind in kinds:
        if kind.prefix == prefix:
            stored_as = kind.find(user_id, ident)
            return FoundStream(kind, stored_as, name) if stored_as else None
    return None


def own_stream(user_id: int) -> str:
    """The name under which a person's own stream is stored; clients call it `me`."""
    return f"me:{user_id}"
