"""Sizes as people read them."""

from typing import Final

UNITS: Final = ("bytes", "kB", "MB", "GB", "TB")


def in_bytes(size: float) -> str:
    """`12345678` -> `12.3 MB`."""
    for unit in UNITS[:-1]:
        if size < 1000:  # noqa: PLR2004 - as disks are sold
            return f"{size:.0f} {unit}" if unit == UNITS[0] else f"{size:.1f} {unit}"
        size /= 1000
    return f"{size:.1f} {UNITS[-1]}"
