"""Report cards: a document for each pupil, hundreds of them one after the other."""

from collections import deque
from collections.abc import Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from core.reports.content import Document
from core.reports.formats import FORMATS, Options, Progress
from core.reports.formats.pace import Pace, waited
from core.reports.formats.pdf import SETTERS, set_whole
from core.reports.kind import Format

AHEAD: Final = 2 * SETTERS  # cards that are begun while one is waited for

Cards = Iterable[tuple[Path, Document]]


def write_cards(cards: Cards, form: Format, progress: Progress) -> None:
    """Write each document to its file, as PDF or as a page.

    `progress` is told how many cards are written; it may raise to stop, and those that are written
    by then stay.
    """
    pace = Pace(progress)
    if form is not Format.PDF:
        for path, document in cards:
            FORMATS[form].write(document, path, Options(), lambda _rows: pace.add(0))
            pace.add(1)
    else:
        _set_cards(cards, pace)
    pace.tell()


def _set_cards(cards: Cards, pace: Pace) -> None:
    with _setters() as setters:
        begun: deque[tuple[Path, Future[bytes]]] = deque()
        for path, document in cards:
            begun.append((path, set_whole(document, setters)))
            if len(begun) > AHEAD:
                _finish(*begun.popleft(), pace)
        for path, future in begun:
            _finish(path, future, pace)


def _finish(path: Path, future: Future[bytes], pace: Pace) -> None:
    path.write_bytes(waited(future, pace))
    pace.add(1)


@contextmanager
def _setters() -> Iterator[ThreadPoolExecutor]:
    """Threads that begin nothing new once something failed, or was stopped."""
    setters = ThreadPoolExecutor(SETTERS, "cards")
    try:
        yield setters
    finally:
        setters.shutdown(cancel_futures=True)
