"""The help desk of the demo school, and ways to act there."""

from dataclasses import dataclass
from typing import Any

import pytest

from core.events.models import EventRecord
from core.people.models import Centre
from core.tickets import actions
from core.tickets.category_actions import offer_categories
from core.tickets.models import Ticket, TicketComment, TicketCounter
from tests.flow.conftest import School
from tests.flow.people import STUDENT

STAFF = "staff@oakwood.example"
HEAD = "head@oakwood.example"
ADMIN = "admin@oakwood.example"
ANOTHER = "student2@oakwood.example"
STRANGE_STAFF = "staff@riverside.example"
SECRET = "Between us: her third lost key."


@dataclass(frozen=True)
class Desk:
    """Acts as people of the demo school."""

    school: School

    def category(self, centre: str = "oakwood") -> int:
        return offer_categories(centre_id=Centre.objects.get(slug=centre).pk)[0].pk

    def open(self, subject: str = "Lost key", by: str = STUDENT, **given: Any) -> Ticket:
        centre = by.partition("@")[2].partition(".")[0]
        given = {"body": "Locker 114.", "category_id": self.category(centre), **given}
        return actions.open_ticket(subject=subject, by=self.school.actor(by), **given)

    def say(
        self, ticket: Ticket, body: str = "We look.", by: str = STAFF, *, internal: bool = False
    ) -> TicketComment:
        return actions.comment_ticket(
            ticket_id=ticket.pk, body=body, by=self.school.actor(by), internal=internal
        )

    def note(self, ticket: Ticket, by: str = HEAD) -> TicketComment:
        return self.say(ticket, SECRET, by, internal=True)

    def assign(self, ticket: Ticket, to: str = STAFF, by: str = STAFF) -> Ticket:
        return actions.assign_ticket(
            ticket_id=ticket.pk, assignee_id=self.school.user(to).pk, by=self.school.actor(by)
        )

    def resolve(self, ticket: Ticket, by: str = STAFF, comment: str = "") -> Ticket:
        return actions.resolve_ticket(
            ticket_id=ticket.pk, by=self.school.actor(by), comment=comment
        )

    def reopen(self, ticket: Ticket, by: str = STUDENT, comment: str = "") -> Ticket:
        return actions.reopen_ticket(ticket_id=ticket.pk, by=self.school.actor(by), comment=comment)


def a_desk(school: School) -> Desk:
    """An empty help desk, whatever the demo school brings along."""
    Ticket.objects.all().delete()
    TicketCounter.objects.all().delete()
    return Desk(school)


@pytest.fixture
def desk(school: School) -> Desk:
    return a_desk(school)


def kinds() -> list[str]:
    """What happened at the desks, in order."""
    rows = EventRecord.objects.filter(kind__startswith="Ticket").order_by("id")
    return [kind.removeprefix("Ticket") for kind in rows.values_list("kind", flat=True)]
