"""The certificate: the operator's own, or one for trying."""

from pathlib import Path
from typing import Final

import pytest

from tests.stack.containers import Stage, docker

pytestmark = pytest.mark.stack

START: Final = "/docker-entrypoint.d/40-certificate.sh"
NAMES: Final = "openssl x509 -in /tmp/tls/fullchain.pem -noout -ext subjectAltName"


@pytest.fixture
def given(tmp_path: Path) -> Path:
    """The folder that is mounted at /etc/nginx/tls."""
    tmp_path.chmod(0o755)
    return tmp_path


def started(stage: Stage, given: Path, then: str, names: str = "portal.example") -> str:
    """What a command says in a container that has found its certificate."""
    return docker(
        *("run", "--rm", "--read-only", "--tmpfs", "/tmp", "--env", f"SERVER_NAME={names}"),  # noqa: S108
        *("--volume", f"{given}:/etc/nginx/tls:ro", "--entrypoint", "sh", stage.name),
        *("-c", f"{START} && {then}"),
    )


@pytest.mark.parametrize(
    ("names", "told"),
    [
        ("portal.example www.portal.example", "DNS:portal.example"),
        ("10.0.0.7", "IP Address:10.0.0.7"),
    ],
)
def test_one_for_trying_is_for_the_first_name(
    stage: Stage, given: Path, names: str, told: str
) -> None:
    assert told in started(stage, given, NAMES, names)


def test_the_operators_own_is_used(stage: Stage, given: Path) -> None:
    for name in ("fullchain.pem", "privkey.pem"):
        (given / name).write_text("mine")
        (given / name).chmod(0o644)

    assert started(stage, given, "cat /tmp/tls/privkey.pem") == "mine"


def test_half_a_certificate_is_none(stage: Stage, given: Path) -> None:
    (given / "fullchain.pem").write_text("mine")
    (given / "fullchain.pem").chmod(0o644)

    with pytest.raises(RuntimeError, match=r"cannot read /etc/nginx/tls/privkey\.pem.*user 101"):
        started(stage, given, "true")
