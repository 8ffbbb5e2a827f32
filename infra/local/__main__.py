"""`python -m infra.local` (what `make up` runs): the embedded stack in one terminal."""

import sys

from infra.local.programs import EMBEDDED
from infra.local.run import run_stack

if __name__ == "__main__":
    sys.exit(run_stack(EMBEDDED))
