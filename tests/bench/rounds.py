"""The rounds of a run: contenders take turns at each scenario, in another order each round."""

import sys
import time
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field
from statistics import median
from typing import Final

import psutil

from tests.bench.contenders import LIMIT, Contender
from tests.bench.figures import BY_KEY, rounded
from tests.bench.processes import FailedError
from tests.bench.scenarios import Figures, Scenario
from tests.bench.stage import Stage

Medians = dict[str, dict[str, float]]  # contender -> figure -> value

BEGUN: Final = time.monotonic()


@dataclass
class Results:
    """What was found so far: contender -> figure -> a value per round."""

    found: dict[str, dict[str, list[float]]] = field(
        default_factory=lambda: defaultdict(lambda: defaultdict(list))
    )
    failures: list[str] = field(default_factory=list)

    def add(self, contender: Contender, figures: Figures) -> None:
        for key, value in figures.items():
            self.found[contender.name][key].append(value)

    @property
    def medians(self) -> Medians:
        return {
            name: {key: median(values) for key, values in figures.items()}
            for name, figures in self.found.items()
        }


def run_rounds(
    stage: Stage,
    chosen: list[Contender],
    scenarios: list[Scenario],
    rounds: int,
    after_each: Callable[[Results], None],
) -> Results:
    """Contenders alternate within a scenario, so that a slow minute hits all of them."""
    results = Results()
    for number in range(rounds):
        for scenario in scenarios:
            those = [LIMIT, *chosen] if scenario.has_limit else chosen
            for contender in rotated(those, number * len(those) // rounds):
                turn = f"{number + 1}/{rounds}  {scenario.name:<18} {contender.name:<26}"
                say(f"{time.monotonic() - BEGUN:6.0f} s  {turn}")
                say(one_turn(stage, contender, scenario, results) + "\n")
        after_each(results)
    return results


def one_turn(stage: Stage, contender: Contender, scenario: Scenario, results: Results) -> str:
    """Measure; returns what came of it. A contender that fails does not stop the others."""
    begin = time.monotonic()
    try:
        figures = scenario.measure(stage, contender)
    except (FailedError, psutil.Error, OSError) as error:
        results.failures.append(f"{contender.name}, {scenario.name}: {error}")
        return f"FAILED: {error}"
    results.add(contender, figures)
    parts = [f"{rounded(value)} {BY_KEY[key].unit}" for key, value in figures.items()]
    return f"{', '.join(parts)}  (took {time.monotonic() - begin:.0f} s)"


def rotated(those: list[Contender], places: int) -> list[Contender]:
    return [*those[places:], *those[:places]]


def say(text: str) -> None:
    sys.stdout.write(text)
    sys.stdout.flush()
