"""Stacks of real servers and one trivial program, for the supervisor's stories."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.servers import RunningStack, running_stack

SMALL = "tests.embedded.small_stack"


@pytest.fixture(scope="package")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningStack]:
    """One stack for all stories that leave it running."""
    with running_stack(tmp_path_factory.mktemp("stack"), module=SMALL) as running:
        yield running


@pytest.fixture
def home(tmp_path: Path) -> Path:
    return tmp_path / "home"
