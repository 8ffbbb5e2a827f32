"""TABLE: the kinds of stream that clients can watch."""

from typing import Final

from core.boards.publishing import BOARD
from core.live.streams import StreamKind
from core.notices.streams import ME
from core.reports.streams import REPORT
from core.rooms.streams import ROOM
from core.tickets.streams import TICKET, TICKETS

STREAMS: Final[tuple[StreamKind, ...]] = (ME, TICKET, TICKETS, REPORT, ROOM, BOARD)
