"""`make bench-reports`: reports of 1,000 to 100,000 rows in each format, beside others."""

import argparse
import json
import os
import platform
import subprocess
import sys
from datetime import UTC, datetime
from importlib.metadata import distribution
from pathlib import Path
from typing import Final

from infra.local.stack import CHECKOUT
from tests.bench.contenders import PEERS
from tests.bench.figures import rounded

OUTPUT: Final = Path("test-output") / "bench"
DOCS: Final = Path("docs")
PACKAGES: Final = ("typst", "vl-convert-python", "xlsxwriter", "openpyxl", "pypdfium2")
SIZES: Final = (1_000, 10_000, 100_000)
# TABLE: what is measured with how many rows; WeasyPrint holds all pages, so not with the most.
MEASURED: Final = {
    "CSV": SIZES,
    "XLSX": SIZES,
    "XLSX by openpyxl": SIZES,
    "HTML": SIZES,
    "PDF": SIZES,
    "PDF by WeasyPrint": SIZES[:2],
    "Cards, joined": SIZES[:1],
}
HEAD: Final = "| what | rows or cards | seconds | of CPU | per second | MB at the most |"
LEGEND: Final = """\
Ten columns, figures and a chart; a card has all that on a page or two. Each in a process of its
own, with everything loaded within the time; memory is the most that the process ever held, of
which some 80 MB are Django's. WeasyPrint prints our own HTML, whose writing is in its time;
openpyxl writes the table alone. The first thousand rows pay for the engine that draws charts.
That is how a report is made, too: in a process of its own, which ends with it (ADR 22).
"""

Figures = dict[str, float]
Found = dict[str, dict[int, Figures]]


def parse() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.bench.reports", description=__doc__)
    parser.add_argument("--only", nargs="+", choices=MEASURED, default=tuple(MEASURED))
    parser.add_argument("--most", type=int, default=max(SIZES), help="rows, at most")
    parser.add_argument("--peers", type=Path, default=PEERS, help="where WeasyPrint is")
    parser.add_argument("--publish", action="store_true", help="write docs/reports-bench.* too")
    return parser.parse_args()


def measure(name: str, count: int, peers: Path) -> Figures | None:
    """What a process of its own says; nothing if it failed, with its last words on stderr."""
    names = {"DEBUG": "true", "DB_USER": "none", "DB_PASSWORD": "none", "LOG_LEVEL": "ERROR"}
    env = {**os.environ, **names, "DJANGO_SETTINGS_MODULE": "core.settings"}
    if name == "PDF by WeasyPrint":  # only then: peers bring versions of their own along
        env["PYTHONPATH"] = str(peers)
    command = [sys.executable, "-m", "tests.bench.reports.once", name, str(count)]
    ended = subprocess.run(
        command, cwd=CHECKOUT, env=env, capture_output=True, text=True, check=False
    )
    if ended.returncode:
        sys.stderr.write(f"{name}, {count:,}: {ended.stderr.strip()[-300:]}\n")
        return None
    figures: Figures = json.loads(ended.stdout.splitlines()[-1])
    return {**figures, "per_second": count / figures["seconds"]}


def facts() -> dict[str, str]:
    """On what it was measured."""
    return {
        "date": datetime.now(UTC).date().isoformat(),
        "system": platform.system(),
        "cores": str(os.cpu_count()),
        "load before": f"{os.getloadavg()[0]:.2f}",
        "Python": platform.python_version(),
        **{name: distribution(name).version for name in PACKAGES},
    }


def table(found: Found) -> str:
    lines = [HEAD, "| --- | ---: | ---: | ---: | ---: | ---: |"]
    for name, sizes in found.items():
        for count, each in sizes.items():
            keys = ("seconds", "cpu", "per_second", "peak_mb")
            cells = " | ".join(rounded(each[key]) for key in keys)
            lines.append(f"| {name} | {count:,} | {cells} |")
    return "\n".join(lines) + "\n"


def write(folder: Path, known: dict[str, str], found: Found) -> None:
    """reports-bench.json and reports-bench.md."""
    folder.mkdir(parents=True, exist_ok=True)
    content = {"facts": known, "found": found}
    (folder / "reports-bench.json").write_text(json.dumps(content, indent=2) + "\n")
    on = ", ".join(f"{name} {value}" for name, value in known.items())
    parts = ["# Reports, measured\n", f"`make bench-reports`: {on}.\n", table(found), LEGEND]
    (folder / "reports-bench.md").write_text("\n".join(parts))


def main() -> None:
    options, known = parse(), facts()
    found: Found = {}
    for name in options.only:
        for count in MEASURED[name]:
            if count > options.most:
                continue
            figures = measure(name, count, options.peers)
            if figures is not None:
                found.setdefault(name, {})[count] = figures
                sys.stdout.write(f"{name:20} {count:8,} {rounded(figures['seconds']):>8} s\n")
                sys.stdout.flush()
    sys.stdout.write(f"\n{table(found)}")
    write(OUTPUT, known, found)
    if options.publish:
        write(DOCS, known, found)


if __name__ == "__main__":
    main()
