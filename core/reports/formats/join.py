"""Joining."""

from collections.abc import Sequence
from pathlib import Path


def join_pdfs(paths: Sequence[Path], out: Path) -> None:
    """x"""
