"""What a row does to what there is, or why it cannot: the same for looking and for doing."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field

from django.utils.translation import gettext_noop as _

from core.imports.columns import Row
from core.imports.models import RowOutcome
from core.imports.world import Pair, Person, World
from core.people.models import Role

ASKS = _("has an account already, so they are asked by mail to join; import the file again then")
WAITS = _("was asked by mail to join, and has not joined yet; import the file again then")
LEFT = _("the student has left this class since; not touched")

NO_STUDENTS = frozenset(set(Role) - {Role.STUDENT})


@dataclass(slots=True)
class Asked:
    """Somebody who is asked to join: under the name that the file has, and as what."""

    name: str
    roles: set[Role]


@dataclass(slots=True)
class Changes:
    """What some rows change together, each thing once; emails and pairs as in World."""

    joined: set[str] = field(default_factory=set)
    asked: dict[str, Asked] = field(default_factory=dict)  # who is to be invited, by email
    renamed: set[str] = field(default_factory=set)
    empowered: set[str] = field(default_factory=set)  # who got a role more
    linked: dict[Pair, str] = field(default_factory=dict)
    related: dict[Pair, str] = field(default_factory=dict)  # links whose relationship changed
    enrolled: set[Pair] = field(default_factory=set)


@dataclass(slots=True)
class Plan:
    """What becomes of rows, in their order."""

    world: World
    moves: bool = False  # whether who has left a class comes back into it
    changes: Changes = field(default_factory=Changes)
    outcomes: dict[int, RowOutcome] = field(default_factory=dict)

    @property
    def counts(self) -> dict[str, int]:
        """How many rows have each outcome."""
        found: dict[str, int] = defaultdict(int)
        for outcome in self.outcomes.values():
            found[outcome.value] += 1
        return dict(found)

    def add(self, rows: Iterable[Row]) -> None:
        """Plan rows; those that are refused change nothing, the others all they say."""
        for row in rows:
            _judge(row, self.world)
            self.outcomes[row.number] = RowOutcome.REFUSED if row.faults else self._apply(row)

    def _apply(self, row: Row) -> RowOutcome:
        student, guardian = row["student_email"], row["guardian_email"]
        done = self._person(row, "student", Role.STUDENT)
        if guardian:
            done |= self._person(row, "guardian", Role.PARENT)
        if guardian and self._are_here(student, guardian):
            done |= self._link((guardian, student), row["relationship"])
        if row["class"] and self._are_here(student):
            done |= self._enrol(row)
        for outcome in (RowOutcome.INVITED, RowOutcome.CREATED, RowOutcome.CHANGED):
            if outcome in done:
                return outcome
        return RowOutcome.UNCHANGED

    def _are_here(self, *emails: str) -> bool:
        """Whether all of them are members, or become ones by the file alone."""
        return not any(self.world.people[email].must_be_asked for email in emails)

    def _enrol(self, row: Row) -> set[RowOutcome]:
        pair = (row["class"], row["student_email"])
        if pair in self.world.enrolments:
            return set()
        if pair in self.world.left and not self.moves:
            row.note("class", LEFT)
            return set()
        self.world.enrolments.add(pair)
        self.changes.enrolled.add(pair)
        return {RowOutcome.CREATED}

    def _ask(self, row: Row, part: str, role: Role) -> set[RowOutcome]:
        """Have somebody asked in, once."""
        email = row[f"{part}_email"]
        if asked := self.changes.asked.get(email):
            asked.roles.add(role)
        if email in self.world.asked:
            row.note(f"{part}_email", WAITS)
            return set()
        self.world.asked.add(email)
        self.changes.asked[email] = Asked(row[f"{part}_name"], {role})
        row.note(f"{part}_email", ASKS)
        return {RowOutcome.INVITED}

    def _person(self, row: Row, part: str, role: Role) -> set[RowOutcome]:
        email, name = row[f"{part}_email"], row[f"{part}_name"]
        person = self.world.people.setdefault(email, Person(name=name))
        if person.must_be_asked:
            person.roles.add(role)  # or other rows could say that they are something else
            return self._ask(row, part, role)
        done = set()
        if not person.roles:
            self.changes.joined.add(email)
            done.add(RowOutcome.CREATED)
        elif role not in person.roles:
            self.changes.empowered.add(email)
            done.add(RowOutcome.CHANGED)
        person.roles.add(role)
        if person.name != name and person.is_ours:
            person.name = name
            self.changes.renamed.add(email)
            done.add(RowOutcome.CHANGED)
        return done

    def _link(self, pair: Pair, relationship: str) -> set[RowOutcome]:
        if pair not in self.world.links:
            self.world.links[pair] = self.changes.linked[pair] = relationship
            return {RowOutcome.CREATED}
        known = self.world.links[pair]
        before = known if isinstance(known, str) else known.relationship
        if not relationship or relationship == self.changes.related.get(pair, before):
            return set()
        if isinstance(known, str):
            self.world.links[pair] = self.changes.linked[pair] = relationship
        else:
            self.changes.related[pair] = relationship
        return {RowOutcome.CHANGED}


def _judge(row: Row, world: World) -> None:
    """Find what is wrong with a row beside other rows and what there is."""
    first = world.rows.setdefault(row.key, row.number)
    if first != row.number:
        row.refuse("", _("is the same as row %(number)d"), number=first)
    if row["class"] and row["class"] not in world.classes:
        row.refuse("class", _("is no class of this centre"))
    _judge_person(row, world, "student")
    student = world.people.get(row["student_email"])
    if student and student.roles & NO_STUDENTS:
        row.refuse("student_email", _("belongs to somebody who is no student here"))
    if row["guardian_email"]:
        _judge_person(row, world, "guardian")
        guardian = world.people.get(row["guardian_email"])
        if guardian and Role.STUDENT in guardian.roles:
            row.refuse("guardian_email", _("belongs to a student"))


def _judge_person(row: Row, world: World, part: str) -> None:
    email, name = row[f"{part}_email"], row[f"{part}_name"]
    person = world.people.get(email)
    if person and not person.may_act:
        row.refuse(f"{part}_email", _("belongs to somebody who was deactivated: reactivate them"))
    if row.faults:
        return
    said, number = world.names.setdefault(email, (name, row.number))
    if said != name:
        row.refuse(f"{part}_name", _("is another than in row %(number)d"), number=number)
