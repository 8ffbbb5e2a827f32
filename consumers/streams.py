"""TABLE: the kinds of stream that clients can watch."""

from typing import Final

from core.live.streams import StreamKind
from core.notices.streams import ME

STREAMS: Final[tuple[StreamKind, ...]] = (ME,)
