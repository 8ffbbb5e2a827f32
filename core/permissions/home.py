"""TABLE: the first page."""

from typing import Final

from core.permissions.rule import MEMBER, SIGNED_IN, Rule

RULES: Final[dict[str, Rule]] = {
    "GET ": SIGNED_IN,
    "GET panels/<str:name>": MEMBER,
    "GET homework-list": MEMBER,
}
