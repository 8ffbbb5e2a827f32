"""Charts as SVG: drawn from Vega-Lite's description of them, without a browser or a network."""

import re
from dataclasses import replace
from typing import Any, Final

import vl_convert

from core.reports.content import Chart, Head, Point
from core.reports.formats.engines import note_use
from core.reports.formats.palette import colours_of
from core.reports.formats.values import locale_of

WIDTH: Final = 640  # pixels, of the part between the axes
HEIGHT: Final = 240
CROWDED: Final = 12  # labels of more stand upright; bars of more have no figures over them
DASHES: Final = [[1, 0], [6, 3], [2, 2], [8, 3, 2, 3], [4, 4], [10, 4]]  # a line is told by them
SHAPES: Final = ["circle", "square", "triangle-up", "diamond", "cross", "triangle-down"]
INK: Final = "#1b2325"
GRID: Final = "#dedbd2"
# What no SVG can hold. Left in, it does not fail: it ends the whole process.
UNWRITABLE: Final = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")


def svg_of(chart: Chart, head: Head, font: str) -> str:
    """The picture, on white, with figures as the document's language writes them."""
    note_use()
    return vl_convert.vegalite_to_svg(
        _spec(_plain(chart), head.colour, font),
        show_warnings=False,
        allowed_base_urls=[],
        format_locale=_figures(head.language),
    )


def _plain(chart: Chart) -> Chart:
    points = tuple(
        Point(plain(point.label), point.value, plain(point.series)) for point in chart.points
    )
    return replace(chart, label=plain(chart.label), unit=plain(chart.unit), points=points)


def _figures(language: str) -> dict[str, Any]:
    """How d3 is told to write numbers: always with the same signs as the rest of the report."""
    symbols = locale_of(language).number_symbols["latn"]
    return {
        "decimal": symbols["decimal"],
        "thousands": symbols["group"],
        "grouping": [3],
        "currency": ["", ""],
    }


def plain(text: str) -> str:
    """The text on one line, with nothing that would end the process that draws it."""
    return " ".join(UNWRITABLE.sub(" ", text).split())


def _spec(chart: Chart, colour: str, font: str) -> dict[str, Any]:
    values = [
        {"label": point.label, "value": point.value, "series": point.series}
        for point in chart.points
    ]
    return {
        "$schema": "https://vega.github.io/schema/vega-lite/v5.json",
        "width": WIDTH,
        "height": HEIGHT,
        "data": {"values": values},
        "layer": _layers(chart, colour),
        "config": _config(font),
    }


def _layers(chart: Chart, colour: str) -> list[Any]:
    series = list(dict.fromkeys(point.series for point in chart.points))
    labels = list(dict.fromkeys(point.label for point in chart.points))
    several = len(series) > 1
    encoding: dict[str, Any] = {
        "x": _along(chart, labels),
        "y": {"field": "value", "type": "quantitative", "title": chart.unit},
        "color": _told_by(series, colours_of(colour, len(series))),
    }
    if chart.form == "bar":
        if several:
            encoding["xOffset"] = {"field": "series", "sort": series}
        drawn: list[Any] = [{"mark": {"type": "bar"}, "encoding": encoding}]
        return drawn if several or len(labels) > CROWDED else [*drawn, _figures_over(encoding)]
    if several:
        encoding["strokeDash"] = _told_by(series, DASHES)
        encoding["shape"] = _told_by(series, SHAPES)
    dots = {name: kept for name, kept in encoding.items() if name != "strokeDash"}
    line = {name: kept for name, kept in encoding.items() if name != "shape"}
    return [
        {"mark": {"type": "line", "strokeWidth": 2.5}, "encoding": line},
        {"mark": {"type": "point", "filled": True, "size": 60, "opacity": 1}, "encoding": dots},
    ]


def _along(chart: Chart, labels: list[str]) -> dict[str, Any]:
    level = sum(map(len, labels)) < WIDTH // 8
    return {
        "field": "label",
        "type": "ordinal",
        "title": chart.label,
        "sort": None,  # as the points come
        "axis": {"labelAngle": 0 if level else -40, "labelLimit": 180, "grid": False},
    }


def _told_by(series: list[str], means: list[Any]) -> dict[str, Any]:
    """How series are told apart; one alone needs no legend."""
    times = -(-len(series) // len(means))
    told: dict[str, Any] = {
        "field": "series",
        "type": "nominal",
        "scale": {"domain": series, "range": (means * times)[: len(series)]},
        "title": None,
    }
    return told if len(series) > 1 else {**told, "legend": None}


def _figures_over(encoding: dict[str, Any]) -> dict[str, Any]:
    return {
        "mark": {"type": "text", "dy": -7, "fontSize": 12, "color": INK},
        "encoding": {
            "x": encoding["x"],
            "y": encoding["y"],
            "text": {"field": "value", "type": "quantitative", "format": ",~f"},
        },
    }


def _config(font: str) -> dict[str, Any]:
    words = {"labelFontSize": 12, "titleFontSize": 12, "labelColor": INK, "titleColor": INK}
    return {
        "font": font,
        "background": "white",
        "padding": 8,
        "view": {"stroke": None},
        "axis": {**words, "gridColor": GRID, "domainColor": INK, "tickColor": INK},
        "legend": {**words, "orient": "bottom", "symbolSize": 120},
    }
