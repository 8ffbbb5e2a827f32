"""Frames of the socket."""

import json
from datetime import UTC, datetime

import pytest

from consumers import frames
from consumers.frames import Auth, FrameError, Ping, Publish, Subscribe, Unsubscribe
from core.live.entries import StoredEntry


@pytest.mark.parametrize(
    ("text", "frame"),
    [
        (
            '{"op":"subscribe","stream":"me","after":3,"ref":"a"}',
            Subscribe(op="subscribe", stream="me", after=3, ref="a"),
        ),
        ('{"op":"subscribe","stream":"me"}', Subscribe(op="subscribe", stream="me")),
        (
            '{"op":"subscribe","stream":"me","after":null,"ref":7,"new":1}',
            Subscribe(op="subscribe", stream="me", ref=7),
        ),
        ('{"op":"unsubscribe","stream":"me"}', Unsubscribe(op="unsubscribe", stream="me")),
        (
            '{"op":"publish","stream":"board:1","data":{"x":1}}',
            Publish(op="publish", stream="board:1", data={"x": 1}),
        ),
        ('{"op":"auth","token":"t"}', Auth(op="auth", token="t")),
        ('{"op":"ping"}', Ping(op="ping")),
    ],
)
def test_frames_are_read(text: str, frame: frames.Frame) -> None:
    assert frames.parse(text) == frame


@pytest.mark.parametrize(
    ("text", "code", "ref"),
    [
        (None, "malformed", None),
        ("", "malformed", None),
        ("{", "malformed", None),
        ('"ping"', "malformed", None),
        ("[" * 60_000, "malformed", None),
        (r'{"op":"ping","ref":"\ud800"}', "malformed", None),
        ('{"ref":"a"}', "unknown_op", "a"),
        ('{"op":["ping"],"ref":"a"}', "unknown_op", "a"),
        ('{"op":"shout","ref":{}}', "unknown_op", None),
        ('{"op":"ping","ref":{}}', "invalid", None),
        ('{"op":"subscribe","ref":"a"}', "invalid", "a"),
        ('{"op":"subscribe","stream":"me","after":1.5,"ref":"a"}', "invalid", "a"),
        ('{"op":"subscribe","stream":"me","after":true,"ref":"a"}', "invalid", "a"),
        ('{"op":"subscribe","stream":"' + "m" * 101 + '","ref":"a"}', "invalid", "a"),
        ('{"op":"publish","stream":"me","data":[],"ref":"a"}', "invalid", "a"),
    ],
)
def test_what_is_wrong_is_answered(text: str | None, code: str, ref: str | None) -> None:
    with pytest.raises(FrameError) as error:
        frames.parse(text)

    answer = json.loads(error.value.answer)
    assert (answer["op"], answer["code"], answer["ref"]) == ("error", code, ref)
    assert answer["detail"]


def test_an_entry_is_written() -> None:
    at = datetime(2026, 9, 1, 8, 30, tzinfo=UTC)
    stored = StoredEntry("me:7", 3, "notice", {"title": "Été"}, at)

    assert json.loads(frames.entry("me", stored)) == {
        "op": "entry",
        "stream": "me",
        "seq": 3,
        "type": "notice",
        "data": {"title": "Été"},
        "at": "2026-09-01T08:30:00+00:00",
    }
