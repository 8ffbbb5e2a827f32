"""Whom a message names: `@` and the name of somebody whose room it is, as the portal writes it.

Case, accents, blanks and the kind of apostrophe do not count: phones and people differ in them.
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Final
from unicodedata import category, combining, normalize

from core.people.models import User
from core.rooms.models import Room
from core.rooms.queries import people_of

MOST: Final = 20  # that one message can name
AT: Final = re.compile(r"(?<!\w)@(?=[^\s@])")  # not of an email address
# What follows where a name is but the beginning of another, `Jo` of `Jo-Ann`; `Jo's` is Jo.
GOES_ON: Final = re.compile(r"-?\w|'(?!s\b)\w")
APOSTROPHES: Final = str.maketrans(dict.fromkeys("\u2018\u2019\u02bc", "'"))
INVISIBLE: Final = "Cf"  # marks of direction, joiners

Named = Mapping[str, Sequence[User]]  # by name, as `_plain` writes it


def named_in(body: str, room: Room) -> list[User]:
    """The people of the room whom the text names; one query, or none where there is no `@`.

    Of `@Ann Marie Ashby` the longest name counts that is somebody's. Two people of the same name
    are both meant: nobody can tell which.
    """
    text = _plain(body)
    places = [found.end() for found in AT.finditer(text)]
    if not places:
        return []
    people = people_of(room).order_by("pk").values_list("pk", "name")
    by_name = _by_name(User(pk=pk, name=name) for pk, name in people)
    longest_first = sorted({len(name) for name in by_name}, reverse=True)
    meant: dict[int, User] = {}
    for place in places:
        meant |= {each.pk: each for each in _named_at(place, text, by_name, longest_first)}
        if len(meant) >= MOST:
            break
    return list(meant.values())[:MOST]


def _named_at(place: int, text: str, by_name: Named, lengths: Iterable[int]) -> Sequence[User]:
    """Whose name stands there."""
    for length in lengths:
        found = by_name.get(text[place : place + length])
        if found and not GOES_ON.match(text, place + length):
            return found
    return ()


def _by_name(people: Iterable[User]) -> Named:
    found = defaultdict(list)
    for each in people:
        found[_plain(each.name).rstrip(".")].append(each)
    found.pop("", None)
    return found


def _plain(text: str) -> str:
    """The text without what does not count."""
    letters = text.translate(APOSTROPHES).casefold()
    if not letters.isascii():
        whole = normalize("NFKD", normalize("NFKD", letters).casefold())
        letters = "".join(
            each for each in whole if not combining(each) and category(each) != INVISIBLE
        )
    return " ".join(letters.split())
