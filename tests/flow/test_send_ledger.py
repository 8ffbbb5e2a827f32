"""What becomes of a mail whose server, or whose worker, was lost at the wrong moment."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from aiosmtpd.controller import Controller
from django.db.models import F

from core import clock
from core.env import env
from core.events.models import Delivery
from core.mail.models import Mail
from infra.local.ports import free_port
from tasks.drain import drain
from tasks.email.homework import mail_class
from tasks.email.smtp import Postbox
from tests.faults.mailserver import BUSY, HANGS_UP, KIND, UNWILLING, MoodyMailbox
from tests.flow.conftest import School

Feel = Callable[[str], None]


def found_again(**as_it_is: object) -> Mail:
    """A mail of a delivery that is due once more, in the state that its worker left it in."""
    mail = Mail.objects.earliest("pk")
    Mail.objects.filter(pk=mail.pk).update(**as_it_is)
    Delivery.objects.filter(pk=mail.delivery_id).update(state="pending", due_at=clock.now())
    drain(mail_class)
    mail.refresh_from_db()
    return mail


@pytest.mark.parametrize(
    ("sensitive", "before", "state", "delivery"),
    [
        (False, 0, "sent", "done"),
        (False, 1, "unknown", "dead"),
        (True, 0, "unknown", "dead"),
    ],
)
def test_a_mail_found_sending_is_handed_over_once_more_unless_sensitive(
    school: School, *, sensitive: bool, before: int, state: str, delivery: str
) -> None:
    school.told()
    mail = found_again(state="sending", sensitive=sensitive, unknowns=before)

    assert (mail.state, mail.unknowns) == (state, before + 1)
    assert mail.delivery.state == delivery


def test_a_mail_that_was_refused_for_now_counts_no_lost_answer(school: School) -> None:
    school.told()
    mail = found_again(state="queued", unknowns=1)

    assert (mail.state, mail.unknowns) == ("sent", 1)


def test_who_lost_the_delivery_meanwhile_writes_nothing(
    school: School, monkeypatch: pytest.MonkeyPatch
) -> None:
    hand_over = Postbox.hand_over

    def hand_over_too_late(postbox: Postbox, address: str, message: bytes) -> str:
        Delivery.objects.filter(state="running").update(attempt=F("attempt") + 1)
        return hand_over(postbox, address, message)

    school.told()
    monkeypatch.setattr(Postbox, "hand_over", hand_over_too_late)
    mail = found_again(state="queued", reply="")

    assert (mail.state, mail.reply, mail.delivery.state) == ("sending", "", "running")


@pytest.fixture
def box(tmp_path: Path) -> Path:
    """The folder of a mail server's own mailbox."""
    return tmp_path / "mailbox"


@pytest.fixture
def feel(box: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Feel]:
    """What puts the mail server of this test into a mood."""
    mood, port = tmp_path / "mood", free_port()
    server = Controller(MoodyMailbox(box, mood), hostname="127.0.0.1", port=port)
    server.start()
    monkeypatch.setenv("SMTP_HOST", "127.0.0.1")
    monkeypatch.setenv("SMTP_PORT", str(port))
    env.cache_clear()

    def feel(wanted: str) -> None:
        mood.write_text(wanted)

    yield feel
    monkeypatch.undo()
    env.cache_clear()
    server.stop()


@pytest.mark.parametrize(
    ("mood", "state", "unknowns", "delivery"),
    [
        (BUSY, "queued", 0, "pending"),
        (UNWILLING, "bounced", 0, "dead"),
        (HANGS_UP, "unknown", 1, "pending"),
    ],
)
def test_a_refusal_and_a_lost_answer_are_told_apart(
    school: School, feel: Feel, *, mood: str, state: str, unknowns: int, delivery: str
) -> None:
    school.told()
    feel(mood)
    mail = found_again(state="queued", reply="", sent_at=None)

    assert (mail.state, mail.unknowns, mail.sent_at) == (state, unknowns, None)
    assert mail.delivery.state == delivery
    assert mail.reply in mail.delivery.detail


def test_a_mail_whose_answer_was_lost_comes_again_as_its_twin(
    school: School, feel: Feel, box: Path
) -> None:
    school.told()
    feel(HANGS_UP)
    found_again(state="queued", sent_at=None)
    feel(KIND)
    mail = found_again()

    assert (mail.state, mail.unknowns, mail.delivery.state) == ("sent", 1, "done")
    assert len(list(box.glob("*.eml"))) == 1
    assert len((box / "twins.jsonl").read_text().splitlines()) == 1
