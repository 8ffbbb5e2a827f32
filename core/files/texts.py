"""What counts as plain text."""

import re
from collections.abc import Iterator
from typing import BinaryIO, Final

CHUNK: Final = 2**16  # bytes
# No text holds these; and what programs take for binary is not shown as text either.
CONTROLS: Final = bytes(set(range(32)) - set(b"\t\n\f\r\x1b")) + b"\x7f"
# How browsers recognise a page (WHATWG MIME sniffing), and what shells and servers would run.
MARKUP: Final = re.compile(
    rb"(\xef\xbb\xbf)?\s*<(!--|\?xml|\?php|\?=|(!doctype|html|head|body|script|style|iframe|svg"
    rb"|math|embed|object|form|table|div|font|title|h1|br|a|b|p)[\s>/])",
    re.IGNORECASE,
)
HIDDEN: Final = re.compile(
    rb"<(!doctype\s+html|html|script|svg|iframe|body|\?php)[\s>/]", re.IGNORECASE
)


def is_text(file: BinaryIO) -> bool:
    """Whether it has no control characters, and does not begin as a page or a program does."""
    file.seek(0)
    if is_markup(file.read(1024)):
        return False
    file.seek(0)
    return all(len(part.translate(None, CONTROLS)) == len(part) for part in parts_of(file))


def is_markup(head: bytes) -> bool:
    """Whether somebody would take it for a page, or run it."""
    return bool(MARKUP.match(head)) or head.startswith(b"#!")


def hides_markup(head: bytes) -> bool:
    """Whether a file with a magic number in front goes on as a page."""
    return bool(HIDDEN.search(head))


def parts_of(file: BinaryIO) -> Iterator[bytes]:
    """The rest of a file, some at a time."""
    return iter(lambda: file.read(CHUNK), b"")
