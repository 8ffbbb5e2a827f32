"""A run as a chart for the README: a card with its own background, in light and in dark."""

from typing import Final
from xml.sax.saxutils import escape

from tests.bench.contenders import BULK, CONTENDERS, LIMIT, OURS
from tests.bench.figures import rounded
from tests.bench.rounds import Medians

WIDTH: Final = 820
TOP: Final = 106
ROW: Final = 30
LEFT: Final = {"s1_2p": 226, "drain": 536}  # where a column's bars begin
LONGEST: Final = 200
HEADINGS: Final = {"s1_2p": "End to end, two producers", "drain": "Backlog drained"}
TITLE: Final = "Actions a second"
SUBTITLE: Final = (
    "Longer is better. Same work, same PostgreSQL and Redis, two worker processes each."
)
FONT: Final = 'aria-labelledby="t d" font-family="system-ui, sans-serif" font-size="14"'

STYLE: Final = """\
.card{fill:#f6f5f1}.text{fill:#1b2325}.quiet{fill:#566266}
.ours{fill:#0b6068}.theirs{fill:#8a9396}.limit{fill:none;stroke:#8a9396;stroke-dasharray:4 3}
@media (prefers-color-scheme:dark){
.card{fill:#1b2325}.text{fill:#f6f5f1}.quiet{fill:#b4bdc0}
.ours{fill:#3fa7a1}.theirs{fill:#6c777b}.limit{stroke:#8a9396}
}"""


def as_svg(medians: Medians) -> str:
    """Two bars per contender: end to end, and out of a backlog."""
    names = [each.name for each in (LIMIT, *CONTENDERS) if _has_bar(medians, each.name)]
    height = TOP + ROW * len(names) + 8
    rows = "\n".join(_row(TOP + place * ROW, name, medians) for place, name in enumerate(names))
    headings = "".join(
        f'<text class="quiet" x="{LEFT[key]}" y="{TOP - 14}">{heading}</text>'
        for key, heading in HEADINGS.items()
    )
    return f"""\
<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" role="img" {FONT}>
<title id="t">{TITLE}</title>
<desc id="d">{escape(_told(names, medians))}</desc>
<style>
{STYLE}
</style>
<rect class="card" width="{WIDTH}" height="{height}" rx="8"/>
<text class="text" x="20" y="34" font-size="17" font-weight="700">{TITLE}</text>
<text class="quiet" x="20" y="54" font-size="12">{SUBTITLE}</text>
{headings}
{rows}
</svg>
"""


def _row(y: int, name: str, medians: Medians) -> str:
    weight = ' font-weight="700"' if name in (OURS.name, BULK.name) else ""
    label = f'<text class="text" x="20" y="{y + 16}"{weight}>{escape(name)}</text>'
    return label + "".join(_bar(key, y, name, medians) for key in LEFT if key in medians[name])


def _bar(key: str, y: int, name: str, medians: Medians) -> str:
    value = medians[name][key]
    length = LONGEST * value / max(found[key] for found in medians.values() if key in found)
    left = LEFT[key]
    return (
        f'<rect class="{_kind(name)}" x="{left}" y="{y}" width="{length:.1f}" height="22" rx="3"/>'
        f'<text class="quiet" x="{left + length + 8:.1f}" y="{y + 16}">{rounded(value)}</text>'
    )


def _kind(name: str) -> str:
    if name == LIMIT.name:
        return "limit"
    return "ours" if name in (OURS.name, BULK.name) else "theirs"


def _has_bar(medians: Medians, name: str) -> bool:
    return any(key in medians.get(name, {}) for key in LEFT)


def _told(names: list[str], medians: Medians) -> str:
    """The same for who cannot see it."""
    lines = [
        f"{name}: {rounded(medians[name][key])}"
        for key in LEFT
        for name in names
        if key in medians[name]
    ]
    return f"{', then '.join(HEADINGS.values())}. {'; '.join(lines)}."
