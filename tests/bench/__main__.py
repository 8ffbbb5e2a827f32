"""`make bench`: Schoolbell and plain Celery on the same PostgreSQL and Redis, in one run."""

import argparse
import json
import subprocess
import sys
import tempfile
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from statistics import median

from tests.bench import scenarios
from tests.bench.contenders import CONTENDERS, Contender
from tests.bench.report import chart, table
from tests.bench.scenarios import Figures
from tests.bench.stage import Stage, bench_environment
from tests.servers import plan_servers, running_servers

OUTPUT = Path("test-output") / "bench"
LIMIT = "the transaction alone"


def one_round(stage: Stage, contender: Contender) -> Figures:
    """All scenarios once."""
    return {
        **scenarios.end_to_end(stage, contender, 1),
        **scenarios.end_to_end(stage, contender, 2),
        **scenarios.drain(stage, contender),
        **scenarios.recipients(stage, contender),
        **scenarios.singles(stage, contender),
    }


def one_after_the_other(stage: Stage, contenders: list[Contender]) -> Iterator[tuple[str, Figures]]:
    """Each contender's turn, and before the first of each round what nobody can exceed."""
    for contender in contenders:
        if contender is contenders[0]:
            yield LIMIT, scenarios.limit(stage)
        yield contender.name, one_round(stage, contender)


def measure(stage: Stage, chosen: list[Contender], rounds: int) -> dict[str, Figures]:
    """Medians of the rounds. Contenders take turns, so that a slow minute hits all of them."""
    found: dict[str, dict[str, list[float]]] = defaultdict(lambda: defaultdict(list))
    for name, figures in one_after_the_other(stage, chosen * rounds):
        for figure, value in figures.items():
            found[name][figure].append(value)
        sys.stdout.write(f"{name}: {rounded(figures)}\n")
        sys.stdout.flush()
    return {
        name: {figure: median(values) for figure, values in figures.items()}
        for name, figures in found.items()
    }


def rounded(figures: Figures) -> str:
    return ", ".join(f"{name} {value:.4g}" for name, value in figures.items())


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--only", nargs="*", help="names of contenders")
    options = parser.parse_args()
    chosen = [each for each in CONTENDERS if not options.only or each.name in options.only]
    with tempfile.TemporaryDirectory() as home:
        stack = plan_servers(Path(home) / "bench", durable=True)
        with running_servers(stack) as servers:
            env = bench_environment(servers)
            for command in (["migrate", "--run-syncdb", "--verbosity", "0"],):
                subprocess.run([sys.executable, "manage.py", *command], env=env, check=True)
            results = measure(Stage(servers, env), chosen, options.rounds)
    OUTPUT.mkdir(parents=True, exist_ok=True)
    (OUTPUT / "bench.json").write_text(json.dumps(results, indent=2))
    (OUTPUT / "bench.md").write_text(table(results))
    (OUTPUT / "bench.svg").write_text(chart(results))
    sys.stdout.write("\n" + table(results))


if __name__ == "__main__":
    main()
