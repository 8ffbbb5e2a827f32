"""A report as PDF: in one go with tags for screen readers, or in sections if it is long."""

from concurrent.futures import Executor, Future, ThreadPoolExecutor
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from core.reports.content import Document
from core.reports.formats import Options, Progress
from core.reports.formats.frame import frame_of, part_of
from core.reports.formats.layout import cells_of, paper_of
from core.reports.formats.pace import Pace, waited
from core.reports.formats.press import typeset
from core.reports.formats.sections import Long

# More cells are set in sections: in one go they would take too much memory and, once begun, could
# not be stopped within the second.
MOST_CELLS: Final = 10_000
SETTERS: Final = 2  # threads: Typst works outside of Python's lock


def write(document: Document, path: Path, options: Options, progress: Progress) -> None:
    """Write the whole document, its pages numbered through."""
    del options
    pace = Pace(progress)
    setters = ThreadPoolExecutor(SETTERS, "typst")
    try:
        if cells_of(document.parts) <= MOST_CELLS:
            path.write_bytes(waited(set_whole(document, setters), pace))
            pace.add(document.rows)
        else:
            with TemporaryDirectory(dir=path.parent, prefix=f".{path.name}-") as folder:
                Long(document, Path(folder), setters, pace).write(path)
        pace.tell()
    finally:
        setters.shutdown(cancel_futures=True)


def set_whole(document: Document, setters: Executor) -> Future[bytes]:
    """Have a document set that is held as a whole, such as that of a single pupil."""
    # Said here, since another thread would speak another language.
    paper = paper_of(document)
    parts = [part_of(part, document.head, paper) for part in document.parts]
    data = frame_of(document, paper) | {"parts": parts}
    return setters.submit(typeset, data, document.head.generated_at, tags=True)
