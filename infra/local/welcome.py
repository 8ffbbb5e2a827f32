"""The last thing a start prints: who can sign in, and where everything is."""

from infra.local.screen import Screen
from infra.local.stack import Stack

PASSWORD = "schoolbell-demo"  # noqa: S105 - the demo school's, printed for everyone to see
ACCOUNTS = (
    ("operator", "operator@schoolbell.example"),
    ("viewer", "viewer@schoolbell.example"),
    ("administrator", "admin@oakwood.example"),
    ("staff", "staff@oakwood.example"),
    ("head", "head@oakwood.example"),
    ("teacher of 7A", "teacher@oakwood.example"),
    ("students of 7A", "student1@ ... student30@oakwood.example"),
    ("their guardians", "parent1@ ... parent30@oakwood.example"),
)


def welcome(stack: Stack, screen: Screen) -> None:
    screen.say()
    screen.say(f"  The demo school, the same at riverside.example; password of all: {PASSWORD}")
    for who, email in ACCOUNTS:
        screen.say(f"    {who:<16} {email}")
    screen.say()
    for what, where in (
        ("portal", stack.base_url),
        ("mailbox", f"{stack.base_url}/mailbox"),
        ("Flower", stack.flower_url),
        ("logs", str(stack.home.root / "log")),
    ):
        screen.say(f"    {what:<16} {where}")
    screen.say()
    screen.say(f"Schoolbell is ready at {stack.base_url}")
