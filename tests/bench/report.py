"""A run as JSON and as Markdown."""

import json
from collections.abc import Iterator

from tests.bench.contenders import CONTENDERS, LIMIT
from tests.bench.facts import Facts
from tests.bench.figures import FIGURES, rounded
from tests.bench.rounds import Medians, Results
from tests.bench.scenarios import ACTIONS, PER_SECOND, SINGLES
from tests.bench.targets import Verdict, verdicts

LEGEND = f"""\
- **S1**: {ACTIONS:,} actions, each a transaction that inserts one row; its handler updates that row
  through the ORM. From the first action to the last handled row.
- **Backlog**: as many actions wait when the workers start. From the first handled row to the last.
- **S2**: one action tells 10,000 recipients, a row each. Until all rows are committed.
- **S3**: {SINGLES} actions at {PER_SECOND} a second. From the commit to the handler.
- **S4**: after S3, all processes of the workers and of Schoolbell's relay together: memory with
  shared pages counted once, and CPU while there is no work.
"""


def as_json(results: Results, facts: Facts, rounds: int) -> str:
    """Everything: each round's figures too."""
    content = {
        "facts": facts,
        "actions": ACTIONS,
        "rounds": rounds,
        "medians": results.medians,
        "every round": results.found,
        "targets": [_plain(verdict) for verdict in verdicts(results.medians)],
        "failures": results.failures,
    }
    return json.dumps(content, indent=2) + "\n"


def as_markdown(results: Results, facts: Facts, rounds: int) -> str:
    """For docs/bench.md."""
    medians = results.medians
    lead = (
        f"`make bench`, {facts['date']}: medians of {rounds} rounds, in which contenders took "
        "turns on the same PostgreSQL and Redis. Two worker processes each; no autovacuum, whose "
        "tick would hit one and not the next.\n"
    )
    parts = [
        "# Measured side by side\n",
        lead,
        figures_table(medians),
        LEGEND,
        "## Targets\n",
        targets_table(medians),
        "## Who competed\n",
        _contenders(medians),
        "## On what\n",
        ", ".join(f"{name} {value}" for name, value in facts.items()) + "\n",
    ]
    if results.failures:
        failures = [f"- {failure.splitlines()[0]}" for failure in results.failures]
        parts.append("\n".join(["## Failures\n", *failures, ""]))
    return "\n".join(parts)


def figures_table(medians: Medians) -> str:
    """One line per contender, the limit first; a dash where it has no such figure."""
    columns = [each for each in FIGURES if any(each.key in found for found in medians.values())]
    head = [f"{each.heading}<br>{each.unit}" for each in columns]
    rows = [["", *head], ["---", *("---:" for _ in columns)]]
    for name in _in_order(medians):
        found = medians[name]
        cells = [rounded(found[each.key]) if each.key in found else "-" for each in columns]
        rows.append([name, *cells])
    return _table(rows)


def targets_table(medians: Medians) -> str:
    rows = [["Schoolbell against", "asked", "measured", "met"], ["---", "---:", "---:", "---"]]
    rows += [_row(verdict) for verdict in verdicts(medians)]
    return _table(rows)


def _row(verdict: Verdict) -> list[str]:
    target = verdict.target
    sign = "x" if target.rivals else ""
    bound = f"at least {target.at_least:g}{sign}" if target.at_least else ""
    bound = bound or f"at most {target.at_most:g}{sign}"
    if verdict.ratio is None:
        return [target.what, bound, "not measured", "-"]
    named = f" ({verdict.rival})" if len(target.rivals) > 1 else ""
    measured = f"{verdict.ratio:.2f}{sign}"
    return [target.what + named, bound, measured, "yes" if verdict.is_met else "**no**"]


def _plain(verdict: Verdict) -> dict[str, object]:
    target = verdict.target
    return {
        "target": target.what,
        "at least": target.at_least,
        "at most": target.at_most,
        "rival": verdict.rival,
        "measured": verdict.ratio,
        "met": verdict.is_met,
    }


def _contenders(medians: Medians) -> str:
    lines = [f"- **{each.name}**: {each.how}" for each in CONTENDERS if each.name in medians]
    return "\n".join(lines) + "\n"


def _in_order(medians: Medians) -> Iterator[str]:
    """The limit, then the contenders as in their table."""
    return (each.name for each in (LIMIT, *CONTENDERS) if each.name in medians)


def _table(rows: list[list[str]]) -> str:
    return "\n".join(f"| {' | '.join(row)} |" for row in rows) + "\n"
