"""What kinds of stream there can be, and how a name that a client says leads to one."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

Find = Callable[[int, str], str | None]
Publish = Callable[[int, str, Mapping[str, Any]], int | None]


@dataclass(frozen=True, slots=True)
class StreamKind:
    """Streams that clients call `prefix` or `prefix:ID`.

    `find(user_id, ident)` names the stream as it is stored if that person may read it; None when
    they may not or there is none, which are the same to them. It may ask the database. All who may
    read a stream call it by the same name.

    Where clients may publish, `publish(user_id, ident, data)` does what one says, and returns the
    number of the entry that tells of it, or None where nothing was stored. It looks itself whether
    the person may, and raises core/refusals.py.
    """

    prefix: str
    find: Find
    publish: Publish | None = None


@dataclass(frozen=True, slots=True)
class FoundStream:
    """A stream that a person may read, by the name in PostgreSQL and the one clients say."""

    kind: StreamKind
    stored_as: str
    name: str


def kind_of(kinds: Sequence[StreamKind], name: str) -> tuple[StreamKind, str] | None:
    """Of which kind a stream of this name would be, and its ID, '' for none."""
    prefix, colon, ident = name.partition(":")
    if colon and not ident:
        return None
    return next(((kind, ident) for kind in kinds if kind.prefix == prefix), None)


def find_stream(kinds: Sequence[StreamKind], user_id: int, name: str) -> FoundStream | None:
    """The stream that a client calls `name`, if the person may read it."""
    named = kind_of(kinds, name)
    if named is None:
        return None
    kind, ident = named
    stored_as = kind.find(user_id, ident)
    return FoundStream(kind, stored_as, name) if stored_as else None


def own_stream(user_id: int) -> str:
    """The name under which a person's own stream is stored; clients call it `me`."""
    return f"me:{user_id}"
