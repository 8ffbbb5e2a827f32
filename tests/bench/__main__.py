"""`make bench`: Schoolbell and others on the same PostgreSQL and Redis, in one run."""

import argparse
import signal
import sys
from functools import partial
from pathlib import Path
from typing import Final

from tests.bench.chart import as_svg
from tests.bench.contenders import CONTENDERS, Contender
from tests.bench.facts import Facts, facts_of
from tests.bench.report import as_json, as_markdown, figures_table, targets_table
from tests.bench.rounds import Results, run_rounds, say
from tests.bench.scenarios import SCENARIOS
from tests.bench.stage import running_stage

OUTPUT: Final = Path("test-output") / "bench"
DOCS: Final = Path("docs")
NAMES: Final = tuple(contender.name for contender in CONTENDERS)
KEYS: Final = tuple(dict.fromkeys(scenario.key for scenario in SCENARIOS))


def parse(arguments: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description=__doc__)
    parser.add_argument("--rounds", type=int, default=3, help="medians are of so many (default: 3)")
    parser.add_argument("--only", nargs="+", metavar="NAME", help='e.g. "celery, tuned" schoolbell')
    parser.add_argument("--scenarios", nargs="+", choices=KEYS, default=KEYS, help="S4 is in S3")
    parser.add_argument("--list", action="store_true", help="name contenders and scenarios")
    parser.add_argument(
        "--publish", action="store_true", help="write docs/bench.* too, if none failed"
    )
    return parser.parse_args(arguments)


def choose(only: list[str] | None) -> list[Contender]:
    """Those asked for, or all; whose package is missing may not be asked for."""
    unknown = [name for name in only or () if name not in NAMES]
    if unknown:
        sys.exit(f"No such contender: {', '.join(map(repr, unknown))}. There are:\n{listing()}")
    chosen = [each for each in CONTENDERS if not only or each.name in only]
    missing = [each.name for each in chosen if not each.is_installed]
    if missing and only:
        sys.exit(f"Not installed: {', '.join(missing)}. `make bench` installs what it compares.")
    if missing:
        say(f"Left out, not installed: {', '.join(missing)}.\n")
    return [each for each in chosen if each.is_installed]


def listing() -> str:
    lines = [f'  "{each.name}": {each.how}' for each in CONTENDERS]
    return "\n".join([*lines, f"Scenarios: {' '.join(KEYS)}\n"])


def write(folder: Path, facts: Facts, rounds: int, results: Results) -> None:
    """bench.json, bench.md, bench.svg."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "bench.json").write_text(as_json(results, facts, rounds))
    (folder / "bench.md").write_text(as_markdown(results, facts, rounds))
    (folder / "bench.svg").write_text(as_svg(results.medians))


def main() -> None:
    options = parse(sys.argv[1:])
    if options.list:
        say(listing())
        return
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # so that all that runs is ended
    chosen = choose(options.only)
    scenarios = [each for each in SCENARIOS if each.key in options.scenarios]
    with running_stage(chosen) as stage:
        stage.stop_autovacuum()
        facts = facts_of(stage, chosen)
        keep = partial(write, OUTPUT, facts, options.rounds)
        results = run_rounds(stage, chosen, scenarios, options.rounds, after_each=keep)
    say(f"\n{figures_table(results.medians)}\n{targets_table(results.medians)}")
    if results.failures:
        sys.exit("\n".join(["", "Failures:", *results.failures]))
    if options.publish:
        write(DOCS, facts, options.rounds, results)


if __name__ == "__main__":
    main()
