"""TABLE: who may call which route, area by area. A route in none is closed, and fails the build.

What else stands between people and a thing (is it their class, their child?) is decided where it
is read: core/<area>/queries.py and actions.py.
"""

from typing import Final

from core.permissions import (
    access,
    centres,
    classes,
    files,
    home,
    homework,
    notices,
    ops,
    people,
    reports,
    rooms,
    tickets,
    trace,
)
from core.permissions.rule import Rule

AREAS: Final = (
    access,
    centres,
    classes,
    files,
    home,
    homework,
    notices,
    ops,
    people,
    reports,
    rooms,
    tickets,
    trace,
)
RULES: Final[dict[str, Rule]] = {line: rule for area in AREAS for line, rule in area.RULES.items()}

# All that is left to whom every centre has deactivated.
LEFT_TO_ENDED: Final = frozenset({"GET ", "GET api/me", "POST api/auth/logout", "POST sign-out"})
