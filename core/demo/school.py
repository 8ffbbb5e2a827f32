"""The demo school: two mirrored centres with a class each, for trying and for tests."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Final

from django.contrib.auth.hashers import make_password
from django.db import transaction

from core.calendar.models import ClosedDay, Term
from core.calendar.queries import today_of
from core.classes.models import Course, Enrolment, SchoolClass, Teaching
from core.people.models import Centre, Guardianship, Language, Membership, Role, User
from core.rooms.demo import load_demo_rooms
from core.tickets.demo import load_demo_tickets

PASSWORD: Final = "schoolbell-demo"  # noqa: S105 - known to everyone, and refused in production
CENTRES: Final = {
    "oakwood": ("Oakwood School", "Europe/London", Language.ENGLISH, "#2e7d4f"),
    "riverside": ("Riverside School", "Europe/Madrid", Language.SPANISH, "#b3541e"),
}
# Days from today, so that there is always school in the demo school.
TERM: Final = (-60, 60)
HOLIDAYS: Final = {
    Language.ENGLISH: [("Staff training", 12, None), ("Mid-term break", 26, 30)],
    Language.SPANISH: [("Formación del profesorado", 12, None), ("Puente", 26, 30)],
}
TERM_NAMES: Final = {Language.ENGLISH: "This term", Language.SPANISH: "Este trimestre"}
COURSES: Final = {
    Language.ENGLISH: ("Mathematics 7", "Mathematics", "MA7"),
    Language.SPANISH: ("Matemáticas 1.º ESO", "Matemáticas", "MA1"),
}
GROWN_UPS: Final = {
    "admin": ("Alex Archer", Role.ADMIN),
    "staff": ("Sam Stone", Role.STAFF),
    "head": ("Harper Hill", Role.HEAD),
    "teacher": ("Taylor Thorne", Role.TEACHER),
}
FIRST_NAMES: Final = [
    "Ada",
    "Ben",
    "Chloe",
    "Dev",
    "Elif",
    "Finn",
    "Grace",
    "Hugo",
    "Ines",
    "Jonas",
    "Kira",
    "Liam",
    "Mina",
    "Noah",
    "Olga",
    "Pablo",
    "Quinn",
    "Rosa",
    "Sami",
    "Tess",
    "Uma",
    "Viktor",
    "Wren",
    "Xenia",
    "Yusuf",
    "Zoe",
    "Amir",
    "Bella",
    "Carlos",
    "Dana",
]
LAST_NAMES: Final = {"oakwood": "Ashby", "riverside": "Rivera"}


@transaction.atomic
def load_demo_school() -> bool:
    """Make the demo school in an empty database; False when there are people already."""
    if User.objects.exists():
        return False
    password = make_password(PASSWORD)
    User.objects.create(
        email="operator@schoolbell.example",
        name="Olive Operator",
        password=password,
        is_operator=True,
        is_superuser=True,
    )
    User.objects.create(
        email="viewer@schoolbell.example", name="Vera Viewer", password=password, is_viewer=True
    )
    for slug, (name, timezone, language, colour) in CENTRES.items():
        centre = Centre.objects.create(
            slug=slug, name=name, timezone=timezone, language=language, colour=colour
        )
        _load_centre(centre, password)
    return True


def load_calendar(centre: Centre) -> Term:
    """A term around today, and two holidays in it; returns the term."""
    language = Language(centre.language)
    today = today_of(centre)
    begins, ends = (today + timedelta(days=days) for days in TERM)
    for name, first, last in HOLIDAYS[language]:
        ClosedDay.objects.create(
            centre=centre,
            name=name,
            day=today + timedelta(days=first),
            until=today + timedelta(days=last) if last else None,
        )
    return Term.objects.create(centre=centre, name=TERM_NAMES[language], begins=begins, ends=ends)


def load_course(centre: Centre) -> Course:
    """What the demo class is taught."""
    name, subject, code = COURSES[Language(centre.language)]
    return Course.objects.create(centre=centre, name=name, subject=subject, code=code)


def _load_centre(centre: Centre, password: str) -> None:
    grown_ups = _load_people(centre, password, GROWN_UPS)
    children = [f"{first_name} {LAST_NAMES[centre.slug]}" for first_name in FIRST_NAMES]
    students = _load_people(
        centre,
        password,
        {f"student{at}": (name, Role.STUDENT) for at, name in enumerate(children, start=1)},
    )
    parents = _load_people(
        centre,
        password,
        {
            f"parent{at}": (f"Parent of {name}", Role.PARENT)
            for at, name in enumerate(children, start=1)
        },
    )
    term, course = load_calendar(centre), load_course(centre)
    school_class = SchoolClass.objects.create(centre=centre, name="7A", course=course, term=term)
    Teaching.objects.create(centre=centre, school_class=school_class, teacher=grown_ups["teacher"])
    Enrolment.objects.bulk_create(
        Enrolment(centre=centre, school_class=school_class, student=student, since=term.begins)
        for student in students.values()
    )
    Guardianship.objects.bulk_create(
        Guardianship(centre=centre, guardian=parent, student=student)
        for parent, student in zip(parents.values(), students.values(), strict=True)
    )
    load_demo_tickets(centre)
    load_demo_rooms(centre)


def _load_people(
    centre: Centre, password: str, who: Mapping[str, tuple[str, Role]]
) -> dict[str, User]:
    """People by account, each with one role."""
    users = User.objects.bulk_create(
        User(email=f"{account}@{centre.slug}.example", name=name, password=password)
        for account, (name, _) in who.items()
    )
    Membership.objects.bulk_create(
        Membership(user=user, centre=centre, roles=[role])
        for user, (_, role) in zip(users, who.values(), strict=True)
    )
    return dict(zip(who, users, strict=True))
