"""TABLE: how each colour looks on a board, in light and in dark; schoolbell.css says the same."""

from dataclasses import dataclass
from typing import Final

from core.boards.models import Colour


@dataclass(frozen=True, slots=True)
class Look:
    """A colour as it is on a light ground and on a dark one."""

    light: str
    dark: str


GROUND: Final = Look(light="#ffffff", dark="#1b2326")
PALETTE: Final[dict[Colour, Look]] = {
    Colour.INK: Look(light="#1b2325", dark="#e9e7e1"),
    Colour.RED: Look(light="#c62828", dark="#ff8a80"),
    Colour.BLUE: Look(light="#1558c0", dark="#82b1ff"),
    Colour.GREEN: Look(light="#2e7d32", dark="#81c784"),
    Colour.ORANGE: Look(light="#c25100", dark="#ffb74d"),
    Colour.PURPLE: Look(light="#7b1fa2", dark="#d596e0"),
}
