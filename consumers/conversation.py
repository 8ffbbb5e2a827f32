"""What a client that has signed in may ask for, and the answers."""

from collections.abc import Sequence
from typing import Final

from consumers import frames
from consumers.frames import FrameError, Ping, Publish, Ref, Subscribe, Unsubscribe
from consumers.hub import Hub
from consumers.outlet import Outlet
from consumers.streams import STREAMS
from consumers.watch import Watch
from core.live import entries
from core.live.streams import FoundStream, StreamKind, find_stream, kind_of
from core.refusals import ConflictError, InvalidError, NotAllowedError, NotFoundError

Said = Subscribe | Unsubscribe | Publish | Ping

MOST_STREAMS: Final = 100  # that one socket may watch
NOT_ANY_MORE: Final = "You may not read %s any more, or not as before."
NO_STREAM: Final = "There is no such stream."
# TABLE: how a socket is told what a request would be told by its status.
CODES: Final[dict[type[Exception], str]] = {
    NotFoundError: "not_found",
    NotAllowedError: "not_allowed",
    ConflictError: "conflict",
    InvalidError: "invalid",
}


class Conversation:
    """One signed-in client: follows its frames, keeps what it watches."""

    def __init__(
        self, user_id: int, outlet: Outlet, hub: Hub, kinds: Sequence[StreamKind] = STREAMS
    ) -> None:
        self._user_id = user_id
        self._outlet = outlet
        self._hub = hub
        self._kinds = kinds
        self._watches: dict[str, tuple[Watch, Ref]] = {}
        self._looks = 0

    async def follow(self, frame: Said) -> None:
        """Do what a frame says. Raises FrameError, and what the database raises."""
        match frame:
            case Subscribe():
                await self._subscribe(frame)
            case Unsubscribe():
                self._unsubscribe(frame.stream)
            case Publish():
                await self._publish(frame)
            case Ping():
                self._outlet.put(frames.pong())

    def end(self) -> None:
        """Watch nothing any more."""
        for watch, _ in self._watches.values():
            self._hub.feed.leave(watch)

    async def look_again(self) -> None:
        """Watch no more, and say so, what the person may not read any more, or reads otherwise."""
        self._looks += 1
        names = list(self._watches)
        if not names:
            return
        stored = await self._hub.desk.ask(self._all_stored, names)
        for name in names:
            watch, ref = self._watches.get(name, (None, None))
            if watch and watch.stream != stored[name]:
                self._unsubscribe(name)
                self._outlet.put(frames.error("not_allowed", NOT_ANY_MORE % name, ref))

    def _all_stored(self, names: Sequence[str]) -> dict[str, str | None]:
        """The streams that the names lead to by now."""
        found = {name: find_stream(self._kinds, self._user_id, name) for name in names}
        return {name: each.stored_as if each else None for name, each in found.items()}

    async def _subscribe(self, frame: Subscribe) -> None:
        looks = self._looks
        found = await self._find(frame.stream, frame.ref)
        self._unsubscribe(found.name)
        if len(self._watches) >= MOST_STREAMS:
            raise FrameError(
                "too_many", f"A socket watches up to {MOST_STREAMS} streams.", frame.ref
            )
        kept = await self._hub.desk.ask(entries.kept, found.stored_as)
        after = kept.head if frame.after is None else frame.after
        if not kept.follows(after):
            self._outlet.put(frames.resync(found.name, kept.head))
            after = kept.head
        self._outlet.put(frames.subscribed(found.name, kept.head, frame.ref))
        watch = self._hub.feed.watch(self._outlet, found.stored_as, found.name, after)
        self._watches[found.name] = watch, frame.ref
        if looks != self._looks:  # their rights changed between asking and watching
            await self.look_again()

    def _unsubscribe(self, name: str) -> None:
        if watched := self._watches.pop(name, None):
            self._hub.feed.leave(watched[0])

    async def _publish(self, frame: Publish) -> None:
        kind, ident = kind_of(self._kinds, frame.stream) or (None, "")
        if kind is None or kind.publish is None:
            found = await self._find(frame.stream, frame.ref)
            raise FrameError("not_allowed", f"Clients do not publish to {found.name}.", frame.ref)
        try:
            seq = await self._hub.desk.ask(kind.publish, self._user_id, ident, frame.data)
        except tuple(CODES) as refusal:
            raise FrameError(CODES[type(refusal)], _why(refusal), frame.ref) from refusal
        if seq is not None:
            self._outlet.put(frames.published(frame.stream, seq, frame.ref))

    async def _find(self, name: str, ref: Ref) -> FoundStream:
        found = await self._hub.desk.ask(find_stream, self._kinds, self._user_id, name)
        if found is None:
            raise FrameError("not_found", NO_STREAM, ref)
        return found


def _why(refusal: Exception) -> str:
    """A refusal in words; with the place of what is invalid, and none of what is not there."""
    if isinstance(refusal, NotFoundError):
        return NO_STREAM
    return f"{refusal.loc}: {refusal}" if isinstance(refusal, InvalidError) else str(refusal)
