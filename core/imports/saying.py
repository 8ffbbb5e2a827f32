"""What is said of files and rows: kept as it is written in the code, told in a reader's words."""

from typing import Any

from django.utils.translation import gettext

Said = dict[str, Any]  # text, and values for its placeholders


def say(text: str, **values: str | int) -> Said:
    """Something to be kept; `text` is one that `gettext_noop` has marked."""
    return {"text": text, "values": values}


def words(said: Said) -> str:
    """What was kept, in the present language."""
    text: str = said.get("text", "")
    return gettext(text) % said["values"] if text else ""
