"""The name of a file as it is kept and shown: one printable line, and no path."""

import re
import unicodedata
from pathlib import PurePosixPath
from typing import Final

LONGEST: Final = 200  # characters
EXTENSION: Final = re.compile(r"\.[A-Za-z0-9]{1,8}$", re.ASCII)


def tidy(given: str) -> str:
    """The last part of a path, without what cannot be seen or turns the line around.

    Unicode's format characters, which show `cod.exe` as `exe.doc`, are not printable either. A name
    that is too long loses its middle and keeps its extension. '' when nothing is left.
    """
    normal = unicodedata.normalize("NFC", given.encode(errors="ignore").decode())
    last = PurePosixPath(normal.replace("\\", "/")).name
    line = " ".join("".join(c if c.isprintable() else " " * c.isspace() for c in last).split())
    name = line.strip(". ") if not line.startswith(".") else line.rstrip(". ")
    end = extension_of(name)
    return name if len(name) <= LONGEST else name[: LONGEST - len(end)] + end


def extension_of(name: str) -> str:
    """`.pdf` as it stands in the name; '' for none."""
    found = EXTENSION.search(name)
    return found[0] if found else ""
