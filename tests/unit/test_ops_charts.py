"""Lines of the last hours, as an SVG draws them."""

from core.ops.charts import HEIGHT, WIDTH, chart_of


def test_the_highest_point_is_at_the_top() -> None:
    chart = chart_of("depth", [(0, 0.0), (60, 50.0), (120, 25.0)], apart=60)
    assert (chart.latest, chart.highest) == (25.0, 50.0)
    assert chart.lines == [f"0,{HEIGHT - 2:.1f} {WIDTH // 2},4.0 {WIDTH},37.0"]


def test_where_nobody_looked_there_is_a_gap() -> None:
    chart = chart_of("depth", [(0, 1.0), (1, 1.0), (40, 1.0), (41, 1.0)])
    assert len(chart.lines) == 2


def test_a_single_point_is_seen_too() -> None:
    (line,) = chart_of("depth", [(10, 1.0)]).lines
    assert len(line.split()) == 2


def test_nothing_is_drawn_of_nothing() -> None:
    assert chart_of("depth", []).lines == []
