"""The figures as a Markdown table and as a chart."""

from collections.abc import Mapping
from xml.sax.saxutils import escape

Results = Mapping[str, Mapping[str, float]]

BAR = "S1 /s, 2p"
WIDTH, ROW, LABEL = 720, 34, 220


def table(results: Results) -> str:
    """One line per contender; a dash where it has no such figure."""
    columns = list(dict.fromkeys(name for figures in results.values() for name in figures))
    lines = ["| | " + " | ".join(columns) + " |", "|" + " --- |" * (len(columns) + 1)]
    for name, figures in results.items():
        cells = [f"{figures[column]:,.4g}" if column in figures else "-" for column in columns]
        lines.append(f"| {name} | " + " | ".join(cells) + " |")
    return "\n".join(lines) + "\n"


def chart(results: Results) -> str:
    """Actions a second, end to end, with two producers: a bar per contender."""
    values = {name: figures[BAR] for name, figures in results.items() if BAR in figures}
    longest = max(values.values())
    rows = [
        _bar(place, name, value, (WIDTH - LABEL - 90) * value / longest)
        for place, (name, value) in enumerate(values.items())
    ]
    height = 50 + ROW * len(values)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" role="img" '
        'font-family="system-ui, sans-serif" font-size="14">\n'
        f'<rect width="{WIDTH}" height="{height}" fill="#f6f5f1"/>\n'
        '<text x="12" y="26" font-weight="700" fill="#1b2325">'
        "Actions a second, from request to effect, two producers</text>\n"
        + "\n".join(rows)
        + "\n</svg>\n"
    )


def _bar(place: int, name: str, value: float, length: float) -> str:
    y = 42 + place * ROW
    colour = "#0b6068" if name.startswith("schoolbell") else "#8a9396"
    return (
        f'<text x="12" y="{y + 17}" fill="#1b2325">{escape(name)}</text>'
        f'<rect x="{LABEL}" y="{y}" width="{length:.0f}" height="24" rx="3" fill="{colour}"/>'
        f'<text x="{LABEL + length + 8:.0f}" y="{y + 17}" fill="#566266">{value:,.0f}</text>'
    )
