"""How a run is judged and drawn, from figures made up for it."""

from xml.etree import ElementTree as ET

from tests.bench.chart import as_svg
from tests.bench.contenders import DEFAULTS, LIMIT, OTHERS, OURS, TUNED
from tests.bench.report import figures_table, targets_table
from tests.bench.targets import Target, judged

MEDIANS = {
    LIMIT.name: {"s1_2p": 3000.0},
    DEFAULTS.name: {"s1_2p": 100.0, "s2": 60.0, "s3_p50": 8.0},
    TUNED.name: {"s1_2p": 400.0, "s2": 6.0, "s3_p50": 6.0},
    OTHERS[0].name: {"s1_2p": 900.0},
    OTHERS[1].name: {"s1_2p": 1000.0},
    OURS.name: {"s1_2p": 1500.0, "s2": 2.0, "s3_p50": 6.6, "s4_idle": 0.5},
}


def test_rates_are_compared_with_the_fastest_rival() -> None:
    verdict = judged(Target("S1", "s1_2p", OTHERS, at_least=1.2), MEDIANS)
    assert (verdict.ratio, verdict.rival, verdict.is_met) == (1.5, OTHERS[1].name, True)


def test_less_time_is_better() -> None:
    target = Target("S2", "s2", (DEFAULTS, TUNED), at_least=4)
    verdict = judged(target, MEDIANS)
    assert (verdict.ratio, verdict.rival, verdict.is_met) == (3.0, TUNED.name, False)


def test_at_most_is_ours_over_theirs() -> None:
    verdict = judged(Target("S3", "s3_p50", (DEFAULTS, TUNED), at_most=1), MEDIANS)
    assert verdict.ratio == 6.6 / 6.0
    assert verdict.is_met is False


def test_without_a_rival_the_figure_itself_is_judged() -> None:
    assert judged(Target("S4", "s4_idle", at_most=1), MEDIANS).is_met is True


def test_what_was_not_measured_is_neither_met_nor_missed() -> None:
    assert judged(Target("drain", "drain", (TUNED,), at_least=6), MEDIANS).is_met is None


def test_tables_and_chart_hold_whatever_was_measured() -> None:
    assert "| the transaction alone | 3,000 | - |" in figures_table(MEDIANS)
    assert "(huey) | at least 1.2x | 1.50x | yes |" in targets_table(MEDIANS)
    drawn = ET.fromstring(as_svg(MEDIANS))  # noqa: S314 - our own
    assert drawn.get("role") == "img"
    assert ET.fromstring(as_svg({})).get("role") == "img"  # noqa: S314 - our own
