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
from consumers.conversation import NO_TOKENS, Conversation
from consumers.door import Guest, sign_in
from consumers.frames import Auth, FrameError
from consumers.hub import Hub
from consumers.origin import header, may_come
from consumers.outlet import Outlet
from consumers.pace import Pace

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
            self._guest = await self._hub.desk.ask(sign_in, _session_key(self.scope))
        except DatabaseError:
            await self.accept()
            await self.close(TRY_AGAIN)
            return
        await self.accept()
        self._outlet = Outlet(self.send, self.close)
        self._enter(self._outlet)

    def _enter(self, outlet: Outlet) -> None:
        if self._guest:
            self._hub.door.enter(self._guest, outlet)
            self._conversation = Conversation(self._guest, outlet, self._hub)
        else:
            loop = asyncio.get_running_loop()
            self._dismissal = loop.call_later(SIGN_IN_WITHIN, outlet.close, NOT_SIGNED_IN)

    async def receive(self, text_data: str | None = None, bytes_data: bytes | None = None) -> None:
        """A frame came; a binary one has no text."""
        if self._outlet is None:
            return
        if not self._pace.allows():
            self._outlet.close(TOO_FAST)
        elif self._conversation is None:
            self._outlet.close(NOT_SIGNED_IN, last=_answer_to_stranger(text_data))
        else:
            await self._follow(self._conversation, self._outlet, text_data)

    async def _follow(self, talk: Conversation, outlet: Outlet, text: str | None) -> None:
        try:
            await talk.follow(text)
        except DatabaseError as error:
            logger.warning("A socket is sent away until the database answers: %r", error)
            outlet.close(TRY_AGAIN)

    def _leave(self) -> None:
        if self._dismissal:
            self._dismissal.cancel()
        if self._conversation:
            self._conversation.end()
        if self._guest:
            self._hub.door.leave(self._guest)
        if self._outlet:
            self._outlet.stop()


def _session_key(scope: WebSocketScope) -> str:
    cookies = parse_cookie(header(scope, b"cookie") or "")
    return cookies.get(settings.SESSION_COOKIE_NAME, "")


def _answer_to_stranger(text: str | None) -> str:
    """What somebody who has not signed in hears before the socket is closed."""
    try:
        frame = frames.parse(text)
    except FrameError as error:
        return error.answer
    return frames.error(*NO_TOKENS, frame.ref) if isinstance(frame, Auth) else ""
