"""docs/events.md says what the code says."""

import ast
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from core.events import catalogue as code
from core.events.catalogue import catalogue, entry, made_in, publishers_in
from core.events.event import Event
from core.events.management.commands import events as command
from core.homework.events import HomeworkPublished
from tasks.silence import SILENT
from tasks.subscriptions import HANDLERS, SUBSCRIPTIONS


def test_the_catalogue_is_up_to_date() -> None:
    call_command("events", check=True)


def test_it_names_every_event_handler_and_reason_for_silence() -> None:
    page = catalogue()
    headings = [line[3:] for line in page.splitlines() if line.startswith("## ")]
    assert headings == sorted(event.kind() for event in SUBSCRIPTIONS)
    assert all(f"`{handler.name}`" in page for handler in HANDLERS)
    assert all(f"nothing: {reason}" in page for reason in SILENT.values())


def test_everything_that_can_happen_is_published_by_somebody() -> None:
    assert "nobody yet" not in catalogue()


def test_an_entry_says_all_there_is_to_say() -> None:
    told = entry(HomeworkPublished, ["`publish_homework` in [actions](x)"], "")
    for part in (
        "## HomeworkPublished",
        "became visible",
        "**Version**: 1",
        "`homework:ID`",
        "`centre_id: int`, `homework_id: int`",
        "publish_homework",
        "`email.mail_class` (queue email), `notices.notify_class` (queue notices)",
        "90 days",
    ):
        assert part in told


def test_fields_with_a_default_show_it() -> None:
    class Noted(Event):
        """Something was noted."""

        note: str = ""
        parts: tuple[int, ...] = ()

    assert list(code.fields_of(Noted)) == [
        "`centre_id: int`",
        "`note: str = ''`",
        "`parts: tuple[int, ...] = ()`",
    ]


def test_publishers_are_found_where_events_are_made() -> None:
    source = """
def act():
    publish(Done(centre_id=1))

TABLE = (Schedule(name="nightly", event=Due(centre_id=0)),)
"""
    found = {name: made_in(node) for name, node in publishers_in(ast.parse(source))}
    assert "Done" in found["act"]
    assert found["schedule nightly"] == {"Due"}


def test_an_outdated_page_fails_with_the_difference(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = tmp_path / "events.md"
    monkeypatch.setattr(command, "PAGE", page)
    call_command("events")
    call_command("events", check=True)
    page.write_text(page.read_text().replace("## HomeworkPublished", "## HomeworkPosted"))

    said = StringIO()
    with pytest.raises(CommandError, match="outdated"):
        call_command("events", check=True, stderr=said)
    assert "-## HomeworkPosted\n+## HomeworkPublished" in said.getvalue()
