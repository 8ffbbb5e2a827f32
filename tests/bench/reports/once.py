"""A process that measures one thing: `python -m tests.bench.reports.once PDF 1000`."""

import json
import sys

import django


def main() -> None:
    # Django must be set up before anything of the portal is imported.
    django.setup()
    from tests.bench.reports.work import measured  # noqa: PLC0415

    sys.stdout.write(json.dumps(measured(sys.argv[1], int(sys.argv[2]))) + "\n")


if __name__ == "__main__":
    main()
