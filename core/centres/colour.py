"""Colours of centres, and whether they can be told from black and white.

Luminance and contrast are those of WCAG 2.2. Whatever the colour, either white or black text on it
has a contrast of 4.58 or more; the check is for the colour as a mark beside text, 3:1 (1.4.11).
"""

import re
from typing import Final

from core.people.models import COLOUR

WHITE: Final = "#ffffff"
BLACK: Final = "#000000"
LEAST: Final = 3.0  # contrast
NEARLY_BLACK: Final = 0.04045  # of sRGB


def is_colour(text: str) -> bool:
    """Whether it is `#rrggbb` in lower case."""
    return re.fullmatch(COLOUR, text) is not None


def is_legible(colour: str) -> bool:
    """Whether it stands out from white and from black."""
    return min(contrast(colour, WHITE), contrast(colour, BLACK)) >= LEAST


def text_on(colour: str) -> str:
    """White or black, whichever is easier to read on it."""
    return max((WHITE, BLACK), key=lambda text: contrast(colour, text))


def contrast(one: str, other: str) -> float:
    """From 1, the same, to 21, black on white."""
    darker, lighter = sorted([luminance(one), luminance(other)])
    return (lighter + 0.05) / (darker + 0.05)


def luminance(colour: str) -> float:
    """How bright it is, from 0 to 1."""
    red, green, blue = (_linear(int(colour[at : at + 2], 16) / 255) for at in (1, 3, 5))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _linear(share: float) -> float:
    return share / 12.92 if share <= NEARLY_BLACK else float(((share + 0.055) / 1.055) ** 2.4)
