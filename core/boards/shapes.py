"""Strokes as an SVG draws them; board.js draws new ones the same way."""

from collections.abc import Iterable, Sequence
from typing import Any

from core.boards.models import Colour, Stroke
from core.boards.palette import PALETTE


def path_of(points: Sequence[Sequence[int]]) -> str:
    """`d` of a path. Of a single point it is a line of no length, which round ends make a dot."""
    first, *rest = points
    return f"M{first[0]} {first[1]}" + ("".join(f"L{x} {y}" for x, y in rest) or "h0")


def shapes_of(strokes: Iterable[Stroke]) -> list[dict[str, Any]]:
    """Each stroke as its path and how that looks; its author should be selected, if it has one."""
    return [
        {
            "id": each.pk,
            "path": path_of(each.points),
            "colour": each.colour,
            "light": PALETTE[Colour(each.colour)].light,
            "width": each.width,
            "author_id": each.author_id,
        }
        for each in strokes
    ]
