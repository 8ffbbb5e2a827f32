"""What holds for every kind of report: equal data are equal, and no other centre's are there."""

import csv
import io
import re
from dataclasses import replace
from pathlib import Path

import pytest
from django.utils.translation import override

from core.isolation.scope import everywhere, within_centre
from core.people.models import Centre, Role
from core.reports.content import Chart, Facts, Table, Type
from core.reports.kind import STUDENT, Kind
from core.reports.kinds import kinds
from core.reports.snapshot import digest_now, first_lines, take_snapshot
from tests.flow.conftest import School
from tests.flow.reporting import (
    Reported,
    facts,
    only,
    reported,
)

KINDS = pytest.mark.parametrize("kind", kinds().values(), ids=list(kinds()))
WRITTEN = {
    Type.TEXT: r"(?s).*",
    Type.INTEGER: r"-?\d+",
    Type.NUMBER: r"-?\d+(\.\d+)?",
    Type.PERCENT: r"[01](\.\d+)?",
    Type.DATE: r"\d{4}-\d\d-\d\d",
    Type.MOMENT: r"\d{4}-\d\d-\d\d \d\d:\d\d",
}


@pytest.fixture
def told(school: School, tmp_path: Path) -> Reported:
    return reported(school, tmp_path)


@KINDS
def test_equal_data_are_equal_and_the_other_centre_is_not_there(told: Reported, kind: Kind) -> None:
    one, two = told.snapshot(kind.name), told.snapshot(kind.name)
    assert one.sha256 == two.sha256
    assert set(one.queries) == set(kind.queries)
    setting = told.setting(kind)
    with within_centre(setting.centre_id):
        assert digest_now(kind, setting) == one.sha256
        first = csv.DictReader(io.StringIO(first_lines(kind, setting, 5)["rows"]))
        assert len(list(first)) == min(5, one.count("rows"))
    with everywhere():  # the queries ask for their centre themselves, too
        assert take_snapshot(kind, setting, told.folder / "all").sha256 == one.sha256
    foreign = told.snapshot(kind.name, "riverside")
    assert foreign.count("rows") > 0
    assert foreign.sha256 != one.sha256
    for folder, strange in ((one.folder, "rivera"), (foreign.folder, "ashby")):
        text = "".join(each.read_text() for each in folder.iterdir()).lower()
        assert strange not in text


@KINDS
def test_its_table_says_what_it_promises(told: Reported, kind: Kind) -> None:
    data = told.snapshot(kind.name)
    columns = data.columns("rows")
    assert set(kind.keys) | set(kind.figures) <= set(columns)
    keys = list(data.rows("rows", *kind.keys))
    assert len(set(keys)) == len(keys) == data.count("rows") > 0
    assert (kind.cards is None) or STUDENT in columns
    parts = kind.compose(data, told.setting(kind))
    assert isinstance(parts[0], Facts)
    main, *_more = only(parts, Table)
    assert main.count == data.count("rows")
    for table in only(parts, Table):
        assert list(table.rows) == list(table.rows)  # again and again
        assert len(list(table.rows)) == table.count
        for row in table.rows:
            for cell, column in zip(row, table.columns, strict=True):
                assert not cell or re.fullmatch(WRITTEN[column.type], cell), (column, cell)
    for chart in only(parts, Chart):
        assert chart.says.startswith(chart.title)
        assert 0 < len(chart.points) < 60


@KINDS
def test_it_is_said_in_the_language_that_was_spoken(told: Reported, kind: Kind) -> None:
    with override("en"):
        english = told.composed(kind.name)
    with override("es"):
        spanish = told.composed(kind.name)
    assert facts(english).keys() != facts(spanish).keys()
    (table, *_), (tabla, *_) = only(english, Table), only(spanish, Table)
    assert [each.title for each in table.columns] != [each.title for each in tabla.columns]
    if any(each.words for each in getattr(kind.compose, "__globals__", {})["SHOWN"]):
        assert list(table.rows) != list(tabla.rows)  # by now neither is spoken


@KINDS
def test_an_empty_school_has_an_empty_report(told: Reported, kind: Kind, tmp_path: Path) -> None:
    empty = Centre.objects.create(slug="empty", name="Empty", timezone="Europe/Berlin")
    elsewhere = told.setting(kind)
    setting = replace(elsewhere, centre_id=empty.pk, timezone=empty.timezone)
    with within_centre(empty.pk):
        data = take_snapshot(kind, setting, tmp_path / "empty")
    parts = kind.compose(data, setting)
    assert all(re.fullmatch("0|\u2013", words) for words in facts(parts).values())
    main = only(parts, Table)[0]
    assert main.count == 0 or kind.name == "centre_overview"  # which has its weeks all the same
    assert main.count or main.empty
    assert kind.cards is None or list(kind.cards(data, setting)) == []


@KINDS
@pytest.mark.parametrize(
    ("since", "until"), [("0001-01-01", "0003-12-31"), ("9999-01-01", "9999-12-31")]
)
def test_days_at_the_ends_of_the_calendar_are_days(
    told: Reported, kind: Kind, since: str, until: str
) -> None:
    asked = {"since": since, "until": until} if "since" in kind.params.model_fields else {}
    parts = told.composed(kind.name, **asked)
    assert all(len(list(table.rows)) == table.count for table in only(parts, Table))


def test_teachers_ask_for_what_is_about_classes_and_families_get_cards_alone() -> None:
    def named(role: Role) -> set[str]:
        return {each.name for each in kinds().values() if role in each.asked_by}

    assert named(Role.TEACHER) == {"class_progress", "homework_completion", "report_cards"}
    assert named(Role.STAFF) == named(Role.HEAD) == named(Role.ADMIN) == set(kinds())
    assert named(Role.STUDENT) | named(Role.PARENT) == set()
    to_families = {each.name for each in kinds().values() if len(each.audiences) > 1}
    assert to_families == {"report_cards"}
