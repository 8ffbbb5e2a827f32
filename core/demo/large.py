"""A large school for benchmarks: as many pupils as asked for, the same ones every time."""

from collections.abc import Iterable, Iterator
from datetime import timedelta
from math import ceil
from random import Random
from typing import Any, Final, TypeVar

from django.contrib.auth.hashers import make_password
from django.db import models, transaction

from core import clock
from core.classes.models import Enrolment, SchoolClass, Teaching
from core.demo.school import FIRST_NAMES, GROWN_UPS, PASSWORD, load_calendar, load_course
from core.homework.models import Homework, HomeworkState
from core.people.models import Centre, Guardianship, Language, Membership, Role, User

SLUG: Final = "lindenhof"
PUPILS_OF_A_CLASS: Final = 25
PUPILS_OF_A_TEACHER: Final = 50
HOMEWORK_OF_A_CLASS: Final = 10
GRADES: Final = range(5, 13)
SURNAMES: Final = (
    *("Albers", "Brandt", "Conradi", "Dietz", "Engel", "Fuchs", "Graf", "Hahn", "Ihde", "Jung"),
    *("Kaya", "Lorenz", "Maier", "Nowak", "Otto", "Pohl", "Quast", "Roth", "Seidel", "Thiel"),
)
BATCH: Final = 5_000  # rows in a statement

M = TypeVar("M", bound=models.Model)


@transaction.atomic
def load_large_school(pupils: int) -> bool:
    """Make the school `lindenhof`; False when it is there already.

    Nobody is told of anything: what is there counts as having happened before, without events.
    """
    centre, is_new = Centre.objects.get_or_create(
        slug=SLUG,
        defaults={
            "name": "Lindenhof School",
            "timezone": "Europe/Berlin",
            "language": Language.ENGLISH,
            "colour": "#6d5ba8",
        },
    )
    if is_new:
        _Large(centre, pupils).load()
    return is_new


class _Large:
    """The making of it, table by table."""

    def __init__(self, centre: Centre, pupils: int) -> None:
        self._centre = centre
        self._pupils = pupils
        self._chance = Random(7)  # noqa: S311 - names, not secrets
        self._password = make_password(PASSWORD)
        self._now = clock.now()

    def load(self) -> None:
        """Everything, in a few statements for each table."""
        self._people((account, *who) for account, who in GROWN_UPS.items() if account != "teacher")
        teachers = self._people(
            (f"teacher{number}", self._name(), Role.TEACHER)
            for number in range(1, ceil(self._pupils / PUPILS_OF_A_TEACHER) + 1)
        )
        names = [self._name() for _ in range(self._pupils)]
        students = self._people(
            (f"student{number}", name, Role.STUDENT) for number, name in enumerate(names, 1)
        )
        parents = self._people(
            (f"parent{number}", f"Parent of {name}", Role.PARENT)
            for number, name in enumerate(names, 1)
        )
        _make(
            Guardianship(centre=self._centre, guardian=parent, student=student)
            for parent, student in zip(parents, students, strict=True)
        )
        self._classes(teachers, students)

    def _classes(self, teachers: list[User], students: list[User]) -> None:
        """Classes with their teacher, their students, and homework."""
        of_centre: dict[str, Any] = {"centre": self._centre}
        term, course = load_calendar(self._centre), load_course(self._centre)
        classes = _make(
            SchoolClass(**of_centre, name=name, course=course, term=term)
            for name in class_names(ceil(self._pupils / PUPILS_OF_A_CLASS))
        )
        taught = [(each, teachers[number % len(teachers)]) for number, each in enumerate(classes)]
        _make(Teaching(**of_centre, school_class=each, teacher=by) for each, by in taught)
        _make(
            Enrolment(
                **of_centre,
                school_class=classes[number // PUPILS_OF_A_CLASS],
                student=student,
                since=term.begins,
            )
            for number, student in enumerate(students)
        )
        _make(homework for each, by in taught for homework in self._homework(each, by))

    def _homework(self, school_class: SchoolClass, author: User) -> Iterator[Homework]:
        """One every five days, due nine days later: two of them are still to be done."""
        for number in range(1, HOMEWORK_OF_A_CLASS + 1):
            published_at = self._now - timedelta(days=5 * number - 2)
            yield Homework(
                centre=self._centre,
                school_class=school_class,
                author=author,
                title=f"Exercise sheet {HOMEWORK_OF_A_CLASS + 1 - number}",
                body="All exercises; show your working.",
                due_at=published_at + timedelta(days=9),
                state=HomeworkState.PUBLISHED,
                created_at=published_at,
                published_at=published_at,
            )

    def _people(self, who: Iterable[tuple[str, str, Role]]) -> list[User]:
        """People by account, name and role, with their memberships."""
        known = list(who)
        users = _make(
            User(email=f"{account}@{SLUG}.example", name=name, password=self._password)
            for account, name, _ in known
        )
        _make(
            Membership(user=user, centre=self._centre, roles=[role])
            for user, (_, _, role) in zip(users, known, strict=True)
        )
        return users

    def _name(self) -> str:
        return f"{self._chance.choice(FIRST_NAMES)} {self._chance.choice(SURNAMES)}"


def class_names(count: int) -> list[str]:
    """`5-01`, `5-02` ... `12-50`: as many in each grade, as far as that comes out even."""
    of_a_grade = ceil(count / len(GRADES))
    names = (f"{grade}-{number:02}" for grade in GRADES for number in range(1, of_a_grade + 1))
    return list(names)[:count]


def _make(rows: Iterable[M]) -> list[M]:
    """Insert rows of one model, with few statements."""
    made = list(rows)
    return type(made[0])._default_manager.bulk_create(made, batch_size=BATCH) if made else []  # noqa: SLF001 - its public name
