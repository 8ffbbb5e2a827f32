"""How often Python looks for garbage among what refers to each other."""

import gc
from typing import Final

SELDOM: Final = 50_000  # new objects between two looks; Python's own figure is 700


def look_seldom() -> None:
    """For a process that begins: what it loads stays, and looking at it again and again is a tenth
    of what a start costs.
    """
    gc.set_threshold(SELDOM)
