"""A run as a chart: cost over rows, both logarithmic, so that flat is flat at any height."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from math import ceil, floor, log10
from typing import Final
from xml.sax.saxutils import escape

from tests.bench.sizes.operations import OPERATIONS, Operation
from tests.bench.sizes.series import DUE, FRESH, IN_TURN, IS_FINISHED, OLD, Point

WIDTH: Final = 900
HEIGHT: Final = 492
TOP: Final = 128  # of the panels
BOTTOM: Final = 444
PANELS: Final = {  # series -> heading, left, right
    IN_TURN: ("Deliveries that are due", 70, 344),
    IS_FINISHED: (f"Deliveries that are done, beside {DUE:,} due", 424, 698),
}
LINE: Final = 17  # between two names
TITLE: Final = "What an event costs, whatever lies in the tables"
SUBTITLES: Final = (
    "Median milliseconds; PostgreSQL with fsync, real commits. Dashed: in proportion to the rows.",
    "Dots: with the statistics and plans of the quiet night before. Rings: after VACUUM ANALYZE.",
)
HIGHEST: Final = 10.0  # ms that the panels reach up to at least
FONT: Final = 'aria-labelledby="t d" font-family="system-ui, sans-serif" font-size="13"'

# Of the operations, in their order.
LIGHT: Final = ("#b3541e", "#2f57b8", "#8a4fa3", "#2c8447", "#a87400", "#566266", "#0b6068")
DARK: Final = ("#e8935f", "#86a5f5", "#cd96e0", "#6fc98c", "#e3b54f", "#b4bdc0", "#43b5ae")
STYLE: Final = """\
.card{fill:#f6f5f1}.text{fill:#1b2325}.quiet{fill:#566266}.grid{stroke:#dcdad2}
.guide{stroke:#8a9396;stroke-dasharray:3 5;fill:none}
.line{fill:none;stroke:var(--c);stroke-width:2}.dot,.name{fill:var(--c)}
.drain .line{stroke-width:3.5}.name.drain{font-weight:700}
.ring{fill:none;stroke:var(--c);stroke-width:1.4}"""
STYLE_DARK: Final = """\
.card{fill:#1b2325}.text{fill:#f6f5f1}.quiet{fill:#b4bdc0}.grid{stroke:#354043}"""


@dataclass(frozen=True)
class Scale:
    """A logarithmic axis."""

    low: float
    high: float
    begin: float  # where `low` stands
    end: float

    def __call__(self, value: float) -> float:
        share = (log10(value) - log10(self.low)) / (log10(self.high) - log10(self.low))
        return self.begin + (self.end - self.begin) * share

    @property
    def ticks(self) -> list[float]:
        """Its powers of ten."""
        exponents = range(ceil(log10(self.low) - 1e-9), floor(log10(self.high) + 1e-9) + 1)
        return [10.0**exponent for exponent in exponents]


def as_svg(points: Sequence[Point]) -> str:
    """Two panels, a line per operation; the names stand to the right of both."""
    shown = [point for point in points if point.series in PANELS]
    y = _y_scale(shown)
    body = "\n".join(part for series in PANELS for part in _panel(series, shown, y))
    names = "\n".join(_names(shown, y))
    subtitles = "\n".join(
        f'<text class="quiet" x="20" y="{54 + 17 * number}" font-size="12">{line}</text>'
        for number, line in enumerate(SUBTITLES)
    )
    return f"""\
<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" role="img" {FONT}>
<title id="t">{TITLE}</title>
<desc id="d">{escape(_told(shown))}</desc>
<style>
{STYLE}
{_colours(LIGHT)}
@media (prefers-color-scheme:dark){{
{STYLE_DARK}
{_colours(DARK)}
}}
</style>
<rect class="card" width="{WIDTH}" height="{HEIGHT}" rx="8"/>
<text class="text" x="20" y="34" font-size="17" font-weight="700">{TITLE}</text>
{subtitles}
{body}
{names}
</svg>
"""


def _y_scale(shown: Sequence[Point]) -> Scale:
    values = [each.median for point in shown for each in point.figures.values()]
    low, high = floor(log10(min(values))), ceil(log10(max(*values, HIGHEST)))
    return Scale(10.0**low, 10.0**high, BOTTOM, TOP)


def _x_scale(series: str, shown: Sequence[Point]) -> Scale:
    _, left, right = PANELS[series]
    rows = [point.rows for point in shown if point.series == series]
    return Scale(min(rows), max(*rows, min(rows) + 1), left, right)


def _panel(series: str, shown: Sequence[Point], y: Scale) -> Iterator[str]:
    heading, left, right = PANELS[series]
    x = _x_scale(series, shown)
    yield f'<text class="text" x="{left}" y="{TOP - 24}" font-weight="600">{heading}</text>'
    for tick in y.ticks:
        yield f'<path class="grid" d="M{left} {y(tick):.1f}H{right}"/>'
        yield _text(left - 8, y(tick) + 4, f"{tick:g} ms", "end")
    for tick in sorted({point.rows for point in shown if point.series == series}):
        yield f'<path class="grid" d="M{x(tick):.1f} {TOP}V{BOTTOM}"/>'
        yield _text(x(tick), BOTTOM + 20, short(tick), "middle")
    yield _guide(x, y)
    for operation in OPERATIONS:
        yield _drawn(operation, [point for point in shown if point.series == series], x, y)


def _drawn(operation: Operation, points: Sequence[Point], x: Scale, y: Scale) -> str:
    places = {
        statistics: [
            (x(point.rows), y(point.figures[operation.key].median))
            for point in points
            if point.statistics == statistics
        ]
        for statistics in (OLD, FRESH)
    }
    line = "L".join(f"{across:.1f} {down:.1f}" for across, down in places[OLD])
    dots = "".join(f'<circle class="dot" cx="{a:.1f}" cy="{d:.1f}" r="3"/>' for a, d in places[OLD])
    rings = "".join(
        f'<circle class="ring" cx="{a:.1f}" cy="{d:.1f}" r="5"/>' for a, d in places[FRESH]
    )
    return f'<g class="{operation.key}"><path class="line" d="M{line}"/>{dots}{rings}</g>'


def _guide(x: Scale, y: Scale) -> str:
    """What is not flat: a cost that grows as the rows do."""
    rise = min(x.high / x.low, y.high / y.low)
    across, down = x(x.low * rise), y(y.low * rise)
    return f'<path class="guide" d="M{x.begin} {y.begin}L{across:.1f} {down:.1f}"/>'


def _names(shown: Sequence[Point], y: Scale) -> Iterator[str]:
    """Each at the height where its line ends, or as near as the others leave it room."""
    _, _, right = PANELS[IS_FINISHED]
    last = [point for point in shown if (point.series, point.statistics) == (IS_FINISHED, OLD)][-1]
    down = float(TOP - LINE)
    for operation in sorted(OPERATIONS, key=lambda each: -last.figures[each.key].median):
        down = max(y(last.figures[operation.key].median) + 4, down + LINE)
        yield (
            f'<text class="name {operation.key}" x="{right + 14}" y="{down:.1f}">'
            f"{escape(operation.name)}</text>"
        )


def _text(x: float, y: float, content: str, anchor: str) -> str:
    return (
        f'<text class="quiet" x="{x:.1f}" y="{y:.1f}" font-size="11" '
        f'text-anchor="{anchor}">{content}</text>'
    )


def _colours(colours: Sequence[str]) -> str:
    pairs = zip(OPERATIONS, colours, strict=True)
    return "".join(f".{operation.key}{{--c:{colour}}}" for operation, colour in pairs)


def _told(shown: Sequence[Point]) -> str:
    """The same for who cannot see it: where each line begins and ends."""
    parts = []
    for series, (heading, _, _) in PANELS.items():
        line = [p for p in shown if (p.series, p.statistics) == (series, OLD)]
        costs = (
            f"{each.name} {line[0].figures[each.key].median:.3g} and "
            f"{line[-1].figures[each.key].median:.3g}"
            for each in OPERATIONS
        )
        parts.append(
            f"{heading}, milliseconds at {line[0].rows:,} and at {line[-1].rows:,}: "
            f"{'; '.join(costs)}."
        )
    return " ".join(parts)


def short(rows: float) -> str:
    """1000 -> `1,000`, 1000000 -> `1 million`."""
    return f"{rows / 1e6:g} million" if rows >= 1e6 else f"{rows:,.0f}"
