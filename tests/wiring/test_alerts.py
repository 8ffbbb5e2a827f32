"""Alerts and dashboard speak of metrics that there are, and say what to do."""

import json
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml

from core.metrics.page import page
from core.metrics.row import Kind
from core.metrics.table import ROWS
from infra.grafana.__main__ import FILE, dashboard

ROOT = Path(__file__).parents[2]
PROMETHEUS = ROOT / "infra" / "prometheus"
ALERTS = yaml.safe_load((PROMETHEUS / "alerts.yml").read_text())["groups"][0]["rules"]
PARTS = {Kind.HISTOGRAM: ("_bucket", "_sum", "_count")}
SERIES = {row.full_name + part: row for row in ROWS for part in PARTS.get(row.kind, ("",))}
NOT_LABELS = {"le", "instance", "job", "program"}  # Prometheus' own


def problems_of(expr: str) -> set[str]:
    """Metrics and labels of an expression that the table does not know."""
    names = set(re.findall(r"schoolbell_\w+", expr))
    known = {label for name in names & SERIES.keys() for label in SERIES[name].labels}
    grouped = re.findall(r"\bby \(([^)]*)\)", expr)
    chosen = re.findall(r"(\w+)(?:=~|!~|!=|=)\"", expr)
    labels = {label.strip() for each in grouped for label in each.split(",")} | set(chosen)
    return (names - SERIES.keys()) | (labels - known - NOT_LABELS)


def test_what_the_table_does_not_know_is_found() -> None:
    assert problems_of('sum by (queue) (schoolbell_queue_dead{queue="email"})') == set()
    assert problems_of("schoolbell_queue_dread > 1") == {"schoolbell_queue_dread"}
    assert problems_of("max by (handler) (schoolbell_queue_dead)") == {"handler"}
    assert problems_of('schoolbell_queue_dead{state="x"}') == {"state"}


@pytest.mark.parametrize("alert", ALERTS, ids=lambda alert: alert["alert"])
def test_an_alert_knows_its_metrics_and_its_page(alert: dict[str, Any]) -> None:
    assert problems_of(alert["expr"]) == set()
    assert alert["labels"]["severity"] in {"page", "ticket"}
    said = alert["annotations"]
    assert said["summary"]
    assert said["description"]
    file, _, anchor = said["runbook_url"].partition("#")
    assert anchor == alert["alert"].lower()
    assert f"### {alert['alert']}\n" in (ROOT / file).read_text()


def test_the_dashboard_is_as_its_table_says_and_knows_its_metrics() -> None:
    assert FILE.read_text() == dashboard(), "run `python -m infra.grafana`"
    panels = json.loads(dashboard())["panels"]
    exprs = [line["expr"] for panel in panels for line in panel.get("targets", ())]
    assert [problems_of(expr) for expr in exprs] == [set()] * len(exprs)


def test_every_metric_is_shown_or_watched() -> None:
    told = dashboard() + json.dumps(ALERTS)
    assert [row.name for row in ROWS if row.full_name not in told] == []


def test_the_page_of_metrics_is_as_the_table_says() -> None:
    assert (ROOT / "docs" / "metrics.md").read_text() == page(), "run `python manage.py metrics`"


@pytest.mark.skipif(not shutil.which("promtool"), reason="NO PROMTOOL HERE: PromQL IS NOT CHECKED")
@pytest.mark.parametrize(
    "command",
    ["check rules alerts.yml", "check config prometheus.yml", "test rules alerts_test.yml"],
)
def test_prometheus_takes_it_and_alerts_fire(command: str) -> None:
    done = subprocess.run(
        ["promtool", *command.split()], cwd=PROMETHEUS, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
