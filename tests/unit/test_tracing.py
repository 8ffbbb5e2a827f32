"""Ids of traces are made of ids that are there, and tracing costs nothing while it is off."""

import os
import subprocess
import sys
from uuid import UUID

import pytest

from core.tracing import doors
from core.tracing.ids import Ids, event_ids, trace_of
from core.tracing.span import Span

EVENT = UUID("0197a000-0000-7000-8000-000000000001")


def test_all_that_a_request_led_to_is_one_trace() -> None:
    assert event_ids(EVENT, "abc").trace == trace_of("abc")
    assert event_ids(EVENT, "abc") == event_ids(EVENT, "abc")
    assert event_ids(EVENT, "").trace == trace_of("", EVENT) != trace_of("abc")


def test_ids_travel_as_text() -> None:
    ids = event_ids(EVENT, "abc")
    assert Ids.read(ids.written()) == ids
    assert ids.child().trace == ids.trace
    assert ids.child() != ids.child()


def test_off_nothing_that_sends_is_imported() -> None:
    code = (
        "import django, sys; django.setup(); import core.urls, tasks.worker, consumers.hub\n"
        "print('core.tracing.exporting' in sys.modules)"
    )
    env = {**os.environ, "DJANGO_SETTINGS_MODULE": "core.settings"}
    told = subprocess.run(
        [sys.executable, "-c", code], env=env, capture_output=True, text=True, check=True
    )
    assert told.stdout == "False\n"


class Kept:
    """An exporter that only keeps."""

    def __init__(self) -> None:
        self.spans: list[Span] = []

    def put(self, span: Span) -> None:
        self.spans.append(span)


@pytest.fixture
def kept(monkeypatch: pytest.MonkeyPatch) -> Kept:
    kept = Kept()
    monkeypatch.setattr(doors, "is_on", lambda: True)
    monkeypatch.setattr(doors, "_exporter", lambda: kept)
    return kept


def test_a_share_of_traces_is_the_same_one_everywhere(
    kept: Kept, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(doors, "_kept", lambda: 2**63)
    for number in range(1000):
        doors.published(EVENT, "Tried", str(number), None)
        with doors.request(str(number)):
            pass
    traces = [span.ids.trace for span in kept.spans]
    assert all(traces.count(trace) == 2 for trace in traces)
    assert 400 < len(traces) / 2 < 600


def test_what_an_event_s_handling_writes_is_in_that_event_s_trace(kept: Kept) -> None:
    class Delivery:
        def __init__(self, number: int) -> None:
            self.event_id, self.request_id, self.waited = UUID(int=number), str(number), 0.5

    with doors.handling("notices.tell", [Delivery(1), Delivery(2), Delivery(2)]):
        traces = doors.carried([("me:1", 1, UUID(int=1)), ("me:2", 1, UUID(int=2)), ("x", 1, None)])
    assert Ids.read(traces["me:1", 1]).trace == trace_of("1")
    assert Ids.read(traces["me:2", 1]).trace == trace_of("2")
    assert ("x", 1) not in traces
    claims = [span for span in kept.spans if span.name == "claim notices.tell"]
    assert [claim.ended - claim.began for claim in claims] == [500_000_000] * 2
