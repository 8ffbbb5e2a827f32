"""Where the stack tests find nginx: at STACK_URL, or in a container before stubs."""

import os
from collections.abc import Iterator

import pytest

from tests.stack.containers import Front, Stage, staged


@pytest.fixture(scope="session")
def front(request: pytest.FixtureRequest) -> Front:
    """The running stack's nginx, if STACK_URL says where; else one of our own."""
    url = os.environ.get("STACK_URL")
    if url:
        plain = os.environ.get("STACK_PLAIN_URL", "http://localhost:8080")
        return Front(https=url.rstrip("/"), http=plain.rstrip("/"))
    stage: Stage = request.getfixturevalue("stage")
    return stage.front


@pytest.fixture(scope="session")
def stage(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    """nginx in a container with one replica of web and a Flower, all stubs."""
    with staged(tmp_path_factory.mktemp("nginx")) as stage:
        stage.add(1)
        stage.add(1, service="flower")
        yield stage
