"""The real stack, once for all tests of it; and nginx alone, before stubs."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.stack.composed import ComposedStack, build_images, composed_stack
from tests.stack.containers import Front, Stage, staged

BUILDING = 900  # seconds; who is first waits for the images

NOTES = pytest.StashKey[list[str]]()


@pytest.fixture(scope="session")
def images(tmp_path_factory: pytest.TempPathFactory) -> float:
    """The portal's images, of the code as it is; the seconds that it took to build them."""
    return build_images(tmp_path_factory.mktemp("images"))


@pytest.fixture(scope="session")
def portal(
    images: float, tmp_path_factory: pytest.TempPathFactory, pytestconfig: pytest.Config
) -> Iterator[ComposedStack]:
    """Healthy, with the demo school and mails that are caught."""
    with composed_stack(tmp_path_factory.mktemp("stack")) as stack:
        stack.times.build = images
        pytestconfig.stash[NOTES] = stack.notes
        yield stack


@pytest.fixture(scope="session")
def front(portal: ComposedStack) -> Front:
    """The real stack's nginx."""
    return Front(https=portal.base_url, http=f"http://localhost:{portal.variables['HTTP_PORT']}")


@pytest.fixture(scope="session")
def stage(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    """nginx in a container with one replica of web and a Flower, all stubs."""
    with staged(tmp_path_factory.mktemp("nginx")) as stage:
        stage.add(1)
        stage.add(1, service="flower")
        yield stage


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """All of them need an engine, and the first one the images too."""
    for item in items:
        if item.path.is_relative_to(Path(__file__).parent):
            item.add_marker(pytest.mark.stack)
            item.add_marker(pytest.mark.timeout(BUILDING))


def pytest_terminal_summary(
    terminalreporter: pytest.TerminalReporter, config: pytest.Config
) -> None:
    """The figures that the tests took."""
    if notes := config.stash.get(NOTES, []):
        terminalreporter.section("the real stack")
        for note in notes:
            terminalreporter.line(note)
