"""The demo school: two mirrored centres with a class each, for trying and for tests."""

from typing import Final

from django.contrib.auth.hashers import make_password
from django.db import transaction

from core.classes.models import Enrolment, SchoolClass
from core.people.models import Centre, Guardianship, Membership, Role, User

PASSWORD: Final = "schoolbell-demo"  # noqa: S105 - known to everyone, and refused in production
CENTRES: Final = {
    "oakwood": ("Oakwood School", "Europe/London"),
    "riverside": ("Riverside School", "Europe/Madrid"),
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
    for slug, (name, timezone) in CENTRES.items():
        _load_centre(Centre.objects.create(slug=slug, name=name, timezone=timezone), password)
    return True


def _load_centre(centre: Centre, password: str) -> None:
    def person(account: str, name: str, role: Role) -> User:
        email = f"{account}@{centre.slug}.example"
        user = User.objects.create(email=email, name=name, password=password)
        Membership.objects.create(user=user, centre=centre, roles=[role])
        return user

    grown_ups = {account: person(account, *who) for account, who in GROWN_UPS.items()}
    school_class = SchoolClass.objects.create(centre=centre, name="7A")
    school_class.teachers.add(grown_ups["teacher"])
    for number, first_name in enumerate(FIRST_NAMES, start=1):
        name = f"{first_name} {LAST_NAMES[centre.slug]}"
        student = person(f"student{number}", name, Role.STUDENT)
        parent = person(f"parent{number}", f"Parent of {name}", Role.PARENT)
        Enrolment.objects.create(centre=centre, school_class=school_class, student=student)
        Guardianship.objects.create(centre=centre, guardian=parent, student=student)
