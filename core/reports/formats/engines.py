"""Typst and Vega's engine work in threads, and a fork of their process has none of them."""

import os

_used = _lost = False


def note_use() -> None:
    """To be called before each use; RuntimeError where it would wait for such threads for ever."""
    global _used  # noqa: PLW0603 - one process, one answer
    if _lost:
        raise RuntimeError("The process that this one was forked from has used its engines.")
    _used = True


def _note_fork() -> None:
    global _lost  # noqa: PLW0603 - one process, one answer
    _lost = _used


os.register_at_fork(after_in_child=_note_fork)
