"""The caught mails: to whom each event was mailed."""

from collections import Counter
from email.parser import BytesHeaderParser
from pathlib import Path

from tests.servers import RunningStack


class Mailbox:
    """Reads each caught file once; a file never changes."""

    def __init__(self, stack: RunningStack) -> None:
        self.recipients: dict[str, Counter[str]] = {}  # event -> address -> how many mails
        self._folder = Path(stack.facts["mailbox_dir"])
        self._read: set[str] = set()

    def read(self) -> None:
        """Take in what has come since the last time."""
        for file in self._folder.glob("*.eml"):
            if file.name not in self._read and not file.name.startswith("."):
                self._read.add(file.name)
                self._take(file)

    def _take(self, file: Path) -> None:
        head = BytesHeaderParser().parsebytes(file.read_bytes())
        event, address = str(head["X-Schoolbell-Event"]), str(head["X-RcptTo"])
        self.recipients.setdefault(event, Counter())[address] += 1
