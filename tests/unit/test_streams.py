"""Names of streams, as clients say them and as they are stored."""

import pytest

from consumers.streams import STREAMS
from core.live.entries import Kept
from core.live.groups import chunks, group_of
from core.live.streams import StreamKind, find_stream
from core.notices.streams import ME


def a_room(user_id: int, ident: str) -> str | None:
    return f"room:{ident}" if (user_id, ident) == (7, "3") else None


KINDS = (ME, StreamKind("room", a_room))


@pytest.mark.parametrize(
    ("name", "stored_as"),
    [
        ("me", "me:7"),
        ("room:3", "room:3"),
        ("me:", None),
        ("me:7", None),
        ("room", None),
        ("room:", None),
        ("room:4", None),
        ("rooms:3", None),
        ("", None),
        (":", None),
    ],
)
def test_names_lead_to_streams(name: str, stored_as: str | None) -> None:
    found = find_stream(KINDS, 7, name)

    assert (found.stored_as if found else None) == stored_as
    assert found is None or found.name == name


def test_no_kind_stands_in_the_table_twice() -> None:
    prefixes = [kind.prefix for kind in STREAMS]
    assert len(set(prefixes)) == len(prefixes)


def test_groups_have_names_that_channels_allows() -> None:
    assert group_of("me:7") == "live.me.7"


def test_many_streams_go_in_portions() -> None:
    portions = list(chunks(str(number) for number in range(2_500)))
    assert [len(each) for each in portions] == [1_000, 1_000, 500]


@pytest.mark.parametrize(
    ("kept", "after", "follows"),
    [
        (Kept(oldest=1, head=0), 0, True),
        (Kept(oldest=1, head=0), 1, False),
        (Kept(oldest=1, head=5), -1, False),
        (Kept(oldest=1, head=5), 5, True),
        (Kept(oldest=4, head=5), 3, True),
        (Kept(oldest=4, head=5), 2, False),
        (Kept(oldest=6, head=5), 5, True),
        (Kept(oldest=6, head=5), 4, False),
    ],
)
def test_what_can_be_told(kept: Kept, after: int, *, follows: bool) -> None:
    assert kept.follows(after) is follows
