"""Whom each class consists of, and some of their browser tabs, open through the whole drill."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from typing import Final

from tests import ledger
from tests.portal import Listener, Person, listening
from tests.servers import RunningStack

TABS: Final = (
    "student1@oakwood.example",
    "parent2@oakwood.example",
    "student9@oakwood.example",
    "student1@riverside.example",
)
MEMBERS: Final = """
SELECT centre.slug, class.name, person.email
FROM classes_enrolment enrolment
JOIN classes_schoolclass class ON class.id = school_class_id
JOIN people_centre centre ON centre.id = class.centre_id
JOIN people_user person ON person.id = student_id OR person.id IN (
    SELECT guardian_id FROM people_guardianship guardian
    WHERE guardian.student_id = enrolment.student_id
)
WHERE enrolment.until IS NULL
"""
HEAD: Final = """
SELECT coalesce(max(head), 0) FROM live_stream
WHERE name = 'me:' || (SELECT id FROM people_user WHERE email = %s)
"""


@dataclass
class Tab:
    """A browser tab of a person."""

    email: str
    listener: Listener
    looked_at: int = 0  # entries that an earlier look has judged

    @property
    def centre(self) -> str:
        return self.email.partition("@")[2].partition(".")[0]

    def is_level(self, stack: RunningStack) -> bool:
        """Whether it has as many entries as its stream."""
        return len(self.listener.entries) >= self.head(stack)

    def head(self, stack: RunningStack) -> int:
        return int(ledger.ask(stack, HEAD, self.email)[0][0])

    def breaches(self, stack: RunningStack) -> list[str]:
        """Gaps, repeats, and what belongs to another centre."""
        numbers = self.listener.numbers
        found = []
        if numbers != list(range(1, self.head(stack) + 1)):
            wrong = [seq for at, seq in enumerate(numbers, 1) if seq != at][:5]
            found.append(
                f"the tab of {self.email} has {len(numbers)} of {self.head(stack)}: {wrong}"
            )
        titles = self.listener.titles()
        foreign = [title for title in titles[self.looked_at :] if self.centre not in title]
        self.looked_at = len(titles)
        if foreign:
            found.append(f"the tab of {self.email} was shown {foreign[:3]}")
        return found


def members(stack: RunningStack) -> dict[tuple[str, str], frozenset[str]]:
    """Addresses of whom each class concerns, by centre and class."""
    found: dict[tuple[str, str], set[str]] = {}
    for centre, school_class, email in ledger.ask(stack, MEMBERS):
        found.setdefault((centre, school_class), set()).add(email)
    return {name: frozenset(emails) for name, emails in found.items()}


@contextmanager
def tabs(stack: RunningStack) -> Iterator[list[Tab]]:
    """Tabs that come back by themselves, spread over the webs."""
    urls = stack.entrances
    with ExitStack() as open_tabs:
        watching = []
        for number, email in enumerate(TABS):
            person = open_tabs.enter_context(Person(urls[0], email))
            at = urls[number % len(urls)]
            watching.append(Tab(email, open_tabs.enter_context(listening(person, at))))
        yield watching
