"""The stream of notices: `me`, a person's own."""

from typing import Final

from core.live.streams import StreamKind, own_stream


def stream_of(user_id: int) -> str:
    """The name under which a person's stream is stored."""
    return own_stream(user_id)


def find_own(user_id: int, ident: str) -> str | None:
    """The person's own stream, whoever they are; there is no asking for another's."""
    return None if ident else stream_of(user_id)


ME: Final = StreamKind(prefix="me", find=find_own)
