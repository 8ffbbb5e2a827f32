"""Whether every promise was kept, by the database, the caught mails and the sockets alone."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from tests import ledger
from tests.faults.audience import Tab, members
from tests.faults.mailbox import Mailbox
from tests.faults.promises import Homework, Promises
from tests.servers import RunningStack

EVENTS: Final = """
SELECT homework.title, centre.slug, homework.id::text, homework.state, event.id::text
FROM homework_homework homework JOIN people_centre centre ON centre.id = homework.centre_id
LEFT JOIN event ON event.kind = 'HomeworkPublished' AND event.subject = 'homework:' || homework.id
WHERE homework.title LIKE %s || ' %%'
"""
NOTICES: Final = """
SELECT notice.event_id::text, person.email, centre.slug, count(*)
FROM notices_notice notice JOIN people_user person ON person.id = person_id
JOIN people_centre centre ON centre.id = notice.centre_id
JOIN event ON event.id = notice.event_id AND event.kind = 'HomeworkPublished'
WHERE notice.title LIKE '%%: ' || %s || ' %%' GROUP BY 1, 2, 3
"""
DELIVERIES: Final = """
SELECT event_id::text, handler, key, delivery.state, detail, coalesce(person.email, ''),
    coalesce(mail.state = 'unknown' AND mail.unknowns > (NOT mail.sensitive)::int, false)
FROM delivery JOIN event ON event.id = event_id LEFT JOIN mail ON mail.delivery_id = delivery.id
JOIN homework_homework homework ON event.subject = 'homework:' || homework.id
LEFT JOIN people_user person ON person.id::text = key
WHERE homework.title LIKE %s || ' %%'
"""
ORPHANS: Final = """
SELECT count(*) FROM notices_notice
WHERE NOT EXISTS (SELECT FROM event WHERE event.id = event_id)
"""
KNOWN_EVENTS: Final = "SELECT id::text FROM event WHERE id::text = ANY(%s)"
UNKNOWNS: Final = "SELECT coalesce(sum(unknowns), 0) FROM mail"
UNDECIDED: Final = "The mail server's answer was lost; a person must decide."
MOST_SHOWN: Final = 3


@dataclass(frozen=True)
class Delivery:
    """A row of the outbox."""

    event_id: str
    handler: str
    key: str
    state: str
    detail: str
    email: str
    is_lost: bool  # whether the ledger has lost more answers than a mail may be sent again for

    @property
    def awaits_a_person(self) -> bool:
        return self.state == "dead" and self.is_lost and self.detail == UNDECIDED


class Checker:
    """Looks at everything that one fault's workload left."""

    def __init__(self, stack: RunningStack, mailbox: Mailbox, tabs: list[Tab]) -> None:
        self._stack = stack
        self._mailbox = mailbox
        self._tabs = tabs
        self._members = members(stack)
        self._twins = ledger.twins(stack)
        self._unknowns = self._count(UNKNOWNS)

    def breaches(
        self, name: str, promises: Promises, *, may_die: bool, may_wait: bool
    ) -> list[str]:
        """What was promised and not kept, a line each; none is well."""
        self._mailbox.read()
        rows = [Delivery(*row) for row in ledger.ask(self._stack, DELIVERIES, name)]
        events = self._events(name)
        found = [*promises.complaints, *self._published_once(promises, events)]
        found += self._ended(
            [row for row in rows if not (may_wait and row.awaits_a_person)], may_die=may_die
        )
        found += self._told_once(name, promises, events)
        found += self._mailed_once(promises, events, rows)
        found += self._nothing_of_nothing()
        found += self._twins_counted()
        for tab in self._tabs:
            found += tab.breaches(self._stack)
        return found

    def _events(self, name: str) -> dict[str, list[str]]:
        """Event ids by title; a homework that was not published has none."""
        found: dict[str, list[str]] = {}
        for title, _centre, _homework, _state, event in ledger.ask(self._stack, EVENTS, name):
            found.setdefault(title, []).append(event)
        return found

    def _published_once(self, promises: Promises, events: dict[str, list[str]]) -> Iterable[str]:
        for homework in promises.homework:
            got = events.get(homework.title, [])
            if homework.is_published and (len(got) != 1 or got == [None]):
                yield f"{homework.title} was promised once and happened {len(got)} times: {got}"
            if homework.homework_id and not got:
                yield f"the draft {homework.title} is gone"
            if len(got) > 1:
                yield f"{homework.title} is there {len(got)} times"
        unheard = set(events) - {homework.title for homework in promises.homework}
        if unheard:
            yield f"nobody asked for {sorted(unheard)[:MOST_SHOWN]}"

    def _ended(self, rows: list[Delivery], *, may_die: bool) -> Iterable[str]:
        fine = {"done", "skipped", "dead"} if may_die else {"done"}
        wrong = [row for row in rows if row.state not in fine]
        if wrong:
            states = Counter((row.handler, row.state, row.detail[:100]) for row in wrong)
            yield f"{len(wrong)} deliveries did not end well: {states.most_common(MOST_SHOWN)}"

    def _told_once(
        self, name: str, promises: Promises, events: dict[str, list[str]]
    ) -> Iterable[str]:
        notices: dict[str, Counter[str]] = {}
        centres: dict[str, set[str]] = {}
        for event, email, centre, count in ledger.ask(self._stack, NOTICES, name):
            notices.setdefault(event, Counter())[email] += count
            centres.setdefault(event, set()).add(centre)
        for homework, event in self._happened(promises, events):
            yield from self._each_once("notice", homework, notices.pop(event, Counter()))
            if centres.get(event, {homework.centre}) != {homework.centre}:
                yield f"notices of {homework.title} crossed into {centres[event]}"
        if notices:
            yield f"notices of events that nobody asked for: {list(notices)[:MOST_SHOWN]}"

    def _mailed_once(
        self, promises: Promises, events: dict[str, list[str]], rows: list[Delivery]
    ) -> Iterable[str]:
        dead = {(row.event_id, row.email) for row in rows if row.state == "dead"}
        for homework, event in self._happened(promises, events):
            mails = Counter(self._mailbox.recipients.get(event, Counter()))
            for email in self._expected(homework):
                if (event, email) in dead:
                    # Refused for good, or handed over without an answer: none, or one.
                    mails[email] = max(mails[email], 1)
            yield from self._each_once("mail", homework, mails)

    def _each_once(self, what: str, homework: Homework, got: Counter[str]) -> Iterable[str]:
        expected = self._expected(homework)
        missing = [email for email in expected if got[email] == 0]
        repeated = [email for email, count in got.items() if count > 1]
        foreign = [email for email in got if email not in expected]
        for problem, emails in (("no", missing), ("more than one", repeated), ("a wrong", foreign)):
            if emails:
                yield (
                    f"{homework.title}: {problem} {what} for {len(emails)}: {emails[:MOST_SHOWN]}"
                )

    def _happened(
        self, promises: Promises, events: dict[str, list[str]]
    ) -> Iterable[tuple[Homework, str]]:
        for homework in promises.homework:
            for event in events.get(homework.title, []):
                if event:
                    yield homework, event

    def _expected(self, homework: Homework) -> frozenset[str]:
        return self._members[homework.centre, homework.school_class]

    def _nothing_of_nothing(self) -> Iterable[str]:
        orphans = self._count(ORPHANS)
        if orphans:
            yield f"{orphans} notices without a committed event"
        mailed = list(self._mailbox.recipients)
        known = {row[0] for row in ledger.ask(self._stack, KNOWN_EVENTS, mailed)}
        if set(mailed) - known:
            yield f"mails of events that were never committed: {sorted(set(mailed) - known)}"

    def _twins_counted(self) -> Iterable[str]:
        twins = ledger.twins(self._stack) - self._twins
        unknowns = self._count(UNKNOWNS) - self._unknowns
        self._twins += twins
        self._unknowns += unknowns
        if twins > unknowns:
            yield f"{twins} mails came twice, and only {unknowns} lost answers were counted"
        if ledger.ask(self._stack, ledger.GAPS):
            yield f"streams with gaps: {ledger.ask(self._stack, ledger.GAPS)[:MOST_SHOWN]}"

    def _count(self, statement: str) -> int:
        return int(ledger.ask(self._stack, statement)[0][0])
