"""The consumer: one for each socket, from the handshake to the close."""

import asyncio
import logging
from typing import Any, Final

from asgiref.typing import WebSocketScope
from channels.generic.websocket import AsyncWebsocketConsumer
from django.conf import settings
from django.db import Error as DatabaseError
from django.http import parse_cookie

from consumers import frames
from consumers.close_codes import NOT_SIGNED_IN, TOO_FAST, TRY_AGAIN
from consumers.conversation import Conversation
from consumers.frames import Auth, Frame, FrameError
from consumers.guests import Guest, sign_in, sign_in_by_token
from consumers.hub import Hub
from consumers.origin import header, may_come
from consumers.outlet import Outlet
from consumers.pace import Pace
from core.metrics import recording

SIGN_IN_WITHIN: Final = 10.0  # seconds

logger = logging.getLogger(__name__)


class LiveConsumer(AsyncWebsocketConsumer):  # type: ignore[misc]  # Channels has no types
    """Accepts, signs in, keeps the pace; what is said then is a Conversation."""

    # No layer of that name: Channels would hold a blocked connection to Redis for each socket. The
    # hub listens for all of them.
    channel_layer_alias = "none-for-single-sockets"

    def __init__(self, hub: Hub) -> None:
        super().__init__()
        self._hub = hub
        self._pace = Pace()
        self._outlet: Outlet | None = None
        self._guest: Guest | None = None
        self._conversation: Conversation | None = None
        self._dismissal: asyncio.TimerHandle | None = None

    async def __call__(self, scope: WebSocketScope, receive: Any, send: Any) -> None:
        try:
            await super().__call__(scope, receive, send)
        finally:  # not in `disconnect`, which is left out when sending fails
            self._leave()

    async def connect(self) -> None:
        """Let in whom the cookie names; who brings none has a while to sign in by a frame."""
        if not may_come(self.scope):
            await self.close()  # before accepting: 403
            return
        self._hub.start()
        try:
            guest = await self._hub.desk.ask(sign_in, _session_key(self.scope))
        except DatabaseError:
            await self.accept()
            await self.close(TRY_AGAIN)
            return
        await self.accept()
        self._outlet = Outlet(self.send, self.close)
        recording.socket_opened()
        if guest:
            self._enter(guest, self._outlet)
        else:
            loop = asyncio.get_running_loop()
            self._dismissal = loop.call_later(SIGN_IN_WITHIN, self._outlet.close, NOT_SIGNED_IN)

    async def receive(self, text_data: str | None = None, bytes_data: bytes | None = None) -> None:
        """A frame came; a binary one has no text."""
        if self._outlet is None:
            return
        if self._pace.allows():
            await self._listen(self._outlet, text_data)
        else:
            self._outlet.close(TOO_FAST)

    async def _listen(self, outlet: Outlet, text: str | None) -> None:
        try:
            await self._follow(outlet, frames.parse(text))
        except FrameError as error:
            if self._conversation:
                outlet.put(error.answer)
            else:
                outlet.close(NOT_SIGNED_IN, last=error.answer)
        except DatabaseError as error:
            logger.warning("A socket is sent away until the database answers: %r", error)
            outlet.close(TRY_AGAIN)

    async def _follow(self, outlet: Outlet, frame: Frame) -> None:
        if isinstance(frame, Auth):
            await self._admit(outlet, frame)
        elif self._conversation:
            await self._conversation.follow(frame)
        else:
            outlet.close(NOT_SIGNED_IN)

    async def _admit(self, outlet: Outlet, frame: Auth) -> None:
        """Let in whom the token names, or have a newer token count for who is in already."""
        guest = await self._hub.desk.ask(sign_in_by_token, frame.token)
        if guest is None:
            raise FrameError(
                "unauthorized", "The token does not count, or not any more.", frame.ref
            )
        if self._guest and self._guest.user_id != guest.user_id:
            raise FrameError("not_allowed", "This socket is another person's.", frame.ref)
        self._enter(guest, outlet)
        if frame.ref is not None:
            outlet.put(frames.authenticated(frame.ref))

    def _enter(self, guest: Guest, outlet: Outlet) -> None:
        if self._dismissal:
            self._dismissal.cancel()
        if self._guest:
            self._hub.door.leave(self._guest)
        self._guest = guest
        if self._conversation is None:
            self._conversation = Conversation(guest.user_id, outlet, self._hub)
        self._hub.door.enter(guest, outlet, self._conversation.look_again)

    def _leave(self) -> None:
        if self._dismissal:
            self._dismissal.cancel()
        if self._conversation:
            self._conversation.end()
        if self._guest:
            self._hub.door.leave(self._guest)
        if self._outlet:
            self._outlet.stop()
            recording.socket_closed()


def _session_key(scope: WebSocketScope) -> str:
    cookies = parse_cookie(header(scope, b"cookie") or "")
    return cookies.get(settings.SESSION_COOKIE_NAME, "")
