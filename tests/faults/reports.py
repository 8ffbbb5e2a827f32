"""Reports that are being made when something happens to them."""

import hashlib
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from tests import ledger
from tests.faults.scene import BreachError, Scene
from tests.faults.signals import kill, names_of
from tests.faults.stack import LEASE
from tests.portal import Person
from tests.servers import wait_for

PUPILS: Final = 120  # so many that a worker writes cards down several times
ENDS: Final = 2.0  # seconds after which nobody works at what was cancelled
READY: Final = LEASE + 10.0  # seconds after the worker was killed

LARGE_CLASS: Final = """
INSERT INTO classes_schoolclass (centre_id, name)
SELECT id, 'Cards' FROM people_centre centre WHERE slug = 'oakwood'
    AND NOT EXISTS (
        SELECT FROM classes_schoolclass WHERE centre_id = centre.id AND name = 'Cards');

INSERT INTO people_user (password, is_superuser, email, name, is_active, is_operator, language)
SELECT '', false, format('card%%s@oakwood.example', number), 'Pupil ' || number, true, false, ''
FROM generate_series(1, %(pupils)s) number ON CONFLICT DO NOTHING;

INSERT INTO people_membership (user_id, centre_id, roles, is_active)
SELECT person.id, centre.id, '{student}', true
FROM people_user person JOIN people_centre centre ON centre.slug = 'oakwood'
WHERE person.email LIKE 'card%%@oakwood.example' ON CONFLICT DO NOTHING;

INSERT INTO classes_enrolment (centre_id, school_class_id, student_id)
SELECT class.centre_id, class.id, person.id
FROM classes_schoolclass class, people_user person
WHERE class.name = 'Cards' AND person.email LIKE 'card%%@oakwood.example'
    AND NOT EXISTS (SELECT FROM classes_enrolment WHERE school_class_id = class.id
        AND student_id = person.id);
"""
PARAMS: Final = """
SELECT class.id::text, term.id::text FROM classes_schoolclass class
JOIN calendar_term term USING (centre_id) WHERE class.name = 'Cards'
"""
CARDS: Final = """
SELECT card.student_id, version.folder || '/' || card.file_name, card.sha256
FROM reports_reportcard card JOIN reports_reportversion version ON version.id = card.version_id
WHERE version.report_id = %s
"""
STATE: Final = "SELECT state FROM reports_report WHERE id = %s"
JOB: Final = """
SELECT job.state, delivery.attempt FROM job JOIN delivery ON delivery.id = job.delivery_id
JOIN reports_report report ON report.job = job.id WHERE report.id = %s
"""


@dataclass(frozen=True, slots=True)
class Card:
    """A pupil's card as it is written down."""

    file: str  # in the media directory
    sha256: str


@dataclass(frozen=True)
class Cards:
    """Report cards of a large class, as the office has asked for them."""

    scene: Scene
    person: Person
    report_id: str

    def made(self) -> dict[int, Card]:
        """The cards that are written down, by pupil."""
        rows = ledger.ask(self.scene.stack, CARDS, self.report_id)
        found = {student: Card(file, sha256) for student, file, sha256 in rows}
        if len(found) != len(rows):
            raise BreachError("a pupil has two cards")
        return found

    def state(self) -> str:
        return str(ledger.ask(self.scene.stack, STATE, self.report_id)[0][0])

    def job(self) -> tuple[str, int]:
        """Its job's state, and how many workers have begun it."""
        state, attempt = ledger.ask(self.scene.stack, JOB, self.report_id)[0]
        return str(state), int(attempt)

    def path(self, card: Card) -> Path:
        return Path(self.scene.stack.home) / "media" / card.file

    def answer(self, query: str = "") -> int:
        """What who asks for its file is answered."""
        at = f"/api/reports/{self.report_id}/content{query}"
        return int(self.person.http.get(at).status_code)


@contextmanager
def cards_being_made(scene: Scene) -> Iterator[Cards]:
    """The first are written down, and others are not."""
    ledger.change(scene.stack, LARGE_CLASS, {"pupils": PUPILS})
    ((school_class, term),) = ledger.ask(scene.stack, PARAMS)
    params = {"classes": [school_class], "term": term}
    body: dict[str, Any] = {"kind": "report_cards", "format": "pdf", "params": params}
    with Person(scene.stack.base_url, "staff@oakwood.example") as person:
        asked = person.post("/api/reports", body).raise_for_status().json()
        cards = Cards(scene, person, asked["id"])
        wait_for(lambda: len(cards.made()) > 0, seconds=30, what=lambda: f"cards: {cards.state()}")
        yield cards


def worker_killed(scene: Scene) -> None:
    """Kill the worker of reports while it makes cards; the next one makes the others."""
    with cards_being_made(scene) as cards:
        moment, begin = time.time(), time.monotonic()
        kill(scene.stack, names_of(scene.stack, "worker")[-1])
        before = cards.made()
        if len(before) == PUPILS or cards.state() != "generating":
            raise BreachError("it was killed too late")
        wait_for(
            lambda: cards.state() == "ready",
            seconds=READY - (time.monotonic() - begin),
            what=lambda: f"the report: {cards.state()}, {len(cards.made())} cards",
        )
        scene.remark = (
            f"ready {time.monotonic() - begin:.1f} s after the worker was killed, "
            f"{len(before)} of {PUPILS} cards kept"
        )
        _judge(cards, before, moment)


def _judge(cards: Cards, before: dict[int, Card], moment: float) -> None:
    if cards.job() != ("done", 2):
        raise BreachError(f"a second worker did not end it: {cards.job()}")
    after = cards.made()
    if len(after) != PUPILS:
        raise BreachError(f"{len(after)} of {PUPILS} pupils have a card")
    if not before.items() <= after.items():
        raise BreachError("cards were made again that were made already")
    _judge_files(cards, after)
    if any(cards.path(card).stat().st_mtime > moment for card in before.values()):
        raise BreachError("cards were written again that were made already")


def _judge_files(cards: Cards, made: dict[int, Card]) -> None:
    for student, card in made.items():
        if hashlib.sha256(cards.path(card).read_bytes()).hexdigest() != card.sha256:
            raise BreachError(f"the card of {student} is not the one that was made")
    if cards.answer() != 200:
        raise BreachError("it is ready, and cannot be had")


def cancelled(scene: Scene) -> None:
    """Cancel a report whose cards are being made."""
    with cards_being_made(scene) as cards:
        begin = time.monotonic()
        answered = cards.person.post(f"/api/reports/{cards.report_id}/cancel")
        if answered.raise_for_status().json()["state"] != "cancelled":
            raise BreachError("it was answered, and not cancelled")
        wait_for(
            lambda: cards.job()[0] == "cancelled",
            seconds=ENDS,
            what=lambda: f"the worker, whose job is {cards.job()[0]}",
        )
        scene.remark = f"the worker has let go of it after {time.monotonic() - begin:.1f} s"
        made = cards.made()
        if len(made) == PUPILS or cards.state() != "cancelled":
            raise BreachError(f"it was {cards.state()}, with {len(made)} cards")
        for query in ("", "?version=1", *(f"?student_id={each}" for each in list(made)[:3])):
            if cards.answer(query) != 409:
                raise BreachError(f"{query or 'the file'} was answered {cards.answer(query)}")
