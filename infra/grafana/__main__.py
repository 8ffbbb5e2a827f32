"""`python -m infra.grafana`: writes the dashboard, in Grafana's JSON, from the table of panels."""

import json
from pathlib import Path
from typing import Any

from infra.grafana.panels import ROWS, Panel

FILE = Path(__file__).with_name("schoolbell.json")
SOURCE = {"type": "prometheus", "uid": "${source}"}
WIDTH, HEIGHT, IN_A_ROW = 8, 8, 3  # in Grafana's grid of 24 columns


def dashboard() -> str:
    """The whole file."""
    told = {
        "uid": "schoolbell",
        "title": "Schoolbell",
        "tags": ["schoolbell"],
        "schemaVersion": 39,
        "refresh": "30s",
        "time": {"from": "now-3h", "to": "now"},
        "templating": {
            "list": [
                {"name": "source", "type": "datasource", "query": "prometheus", "label": "Source"}
            ]
        },
        "panels": panels(),
    }
    return json.dumps(told, indent=1) + "\n"


def panels() -> list[dict[str, Any]]:
    """Titles of rows and their panels, each in its place."""
    found: list[dict[str, Any]] = []
    top = 0
    for title, row in ROWS:
        found.append(heading(title, top))
        found += [chart(panel, place, top + 1) for place, panel in enumerate(row)]
        top += 1 + HEIGHT * -(-len(row) // IN_A_ROW)
    return [{"id": number, **each} for number, each in enumerate(found, start=1)]


def heading(title: str, top: int) -> dict[str, Any]:
    """The line above a row."""
    place = {"x": 0, "y": top, "w": WIDTH * IN_A_ROW, "h": 1}
    return {"type": "row", "title": title, "gridPos": place, "collapsed": False, "panels": []}


def chart(panel: Panel, place: int, top: int) -> dict[str, Any]:
    """A panel."""
    down, right = divmod(place, IN_A_ROW)
    return {
        "type": "stat" if panel.stat else "timeseries",
        "title": panel.title,
        "datasource": SOURCE,
        "gridPos": {"x": right * WIDTH, "y": top + down * HEIGHT, "w": WIDTH, "h": HEIGHT},
        "fieldConfig": {"defaults": {"unit": panel.unit, "min": 0}, "overrides": []},
        "targets": [
            {"refId": chr(ord("A") + number), "expr": expr, "legendFormat": legend}
            for number, (expr, legend) in enumerate(panel.lines)
        ],
    }


if __name__ == "__main__":
    FILE.write_text(dashboard())
