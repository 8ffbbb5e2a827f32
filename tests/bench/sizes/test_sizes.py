"""How a run over sizes is told and drawn, from figures made up for it."""

import json
from xml.etree import ElementTree as ET

from tests.bench.sizes.__main__ import sizes
from tests.bench.sizes.chart import as_svg
from tests.bench.sizes.operations import OPERATIONS, Figure
from tests.bench.sizes.report import as_json, as_text, growth
from tests.bench.sizes.series import FRESH, IN_TURN, IS_BESIDE, IS_FINISHED, OLD, Point


def a_point(series: str, rows: int, statistics: str = OLD, beside: str = "") -> Point:
    """What costs 1 ms and 10 pages at 1,000 rows, and in proportion."""
    figure = Figure(median=rows / 1000, p99=rows / 500, mean=rows / 900, pages=rows / 100)
    return Point(series, rows, statistics, {each.key: figure for each in OPERATIONS}, beside)


POINTS = [
    *(a_point(IN_TURN, rows, each) for rows in (1_000, 10_000) for each in (OLD, FRESH)),
    a_point(IS_BESIDE, 1_000, FRESH, "a flood"),
    *(a_point(IS_FINISHED, rows, each) for rows in (10_000, 30_000) for each in (OLD, FRESH)),
]


def test_sizes_grow_tenfold_up_to_the_most() -> None:
    assert sizes(1_000, 1_000_000) == [1_000, 10_000, 100_000, 1_000_000]
    assert sizes(1_000, 30_000) == [1_000, 10_000, 30_000]
    assert sizes(1_000, 500) == [1_000]


def test_growth_is_of_the_most_rows_over_the_fewest() -> None:
    grown = growth([each for each in POINTS if each.series == IN_TURN and each.statistics == OLD])
    assert set(grown.values()) == {(10.0, 10.0)}


def test_each_point_is_told() -> None:
    told = json.loads(as_json(POINTS, {"cores": "2"}))
    assert [each["rows"] for each in told["points"]] == [each.rows for each in POINTS]
    assert set(told["growth"]) == {IN_TURN, IS_FINISHED}
    assert "a flood" in as_text(POINTS)


def test_the_chart_names_each_operation_once() -> None:
    root = ET.fromstring(as_svg(POINTS))  # noqa: S314 - our own
    texts = [each.text for each in root.iter("{http://www.w3.org/2000/svg}text")]
    assert [texts.count(each.name) for each in OPERATIONS] == [1] * len(OPERATIONS)
    assert root.attrib["role"] == "img"
