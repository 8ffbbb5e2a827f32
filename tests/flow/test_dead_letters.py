"""Dead letters: told by cause, run again behind a canary, given up with a reason."""

import json
from collections.abc import Callable
from datetime import timedelta
from io import StringIO
from typing import Any

import psycopg2
import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.test import Client

from core import clock
from core.events import claims
from core.events.claims import Claimed
from core.events.models import Delivery, EventRecord
from core.homework.events import HomeworkPublished
from core.mail.models import Mail
from core.notices.models import Notice
from core.ops.events import DeadLettersRedriven
from core.ops.models import OpsAudit, Redrive
from tests.flow.conftest import School
from tests.flow.people import TEACHER, assert_problem, client_of, ids, post
from tests.servers import Servers

OPERATOR = "operator@schoolbell.example"
LETTERS = "/api/ops/dead-letters"
MAILS = {"handler": "email.mail_class"}
NOTICES = {"handler": "notices.notify_class"}


@pytest.fixture
def operator(school: School) -> Client:
    return client_of(OPERATOR)


@pytest.fixture
def letters(school: School) -> list[int]:
    """The sixty notices of a homework, not one of them told: all dead of the same cause."""
    school.told()
    Notice.objects.all().delete()
    told = Delivery.objects.filter(**NOTICES).exclude(key="").order_by("pk")
    for number, letter in enumerate(told):
        kill(letter, f"OSError: 192.0.2.{number} did not answer person {letter.key}")
    return [letter.pk for letter in told]


def kill(letter: Delivery, error: str) -> None:
    """As a worker that has it in hand for the last time."""
    Delivery.objects.filter(pk=letter.pk).update(state="running", attempt=14)
    in_hand = Claimed(
        id=letter.pk,
        attempt=14,
        forgiven=0,
        centre_id=letter.centre_id,
        handler=letter.handler,
        key=letter.key,
        event_id=letter.event_id,
        request_id="",
        version=1,
        payload="{}",
        event_type=HomeworkPublished,
    )
    assert claims.fail(in_hand, error, last=True)


def redrive(operator: Client, **order: Any) -> Any:
    answer = post(operator, f"{LETTERS}/redrive", {"filter": NOTICES, **order})
    assert answer.status_code == 200, answer.content
    return answer.json()


def states(*numbers: int) -> dict[str, int]:
    rows = list(Delivery.objects.filter(pk__in=numbers).values_list("state", flat=True))
    return {state: rows.count(state) for state in set(rows)}


def let_the_canary_be_looked_for(work_off: Callable[[], int]) -> Redrive:
    """Everything runs, and what waits for its next attempt needs not wait."""
    for _ in range(2):
        Delivery.objects.filter(state="pending").update(due_at=clock.now())
        work_off()
    return Redrive.objects.get()


def test_equal_failures_are_one_group(letters: list[int], operator: Client) -> None:
    kill(Delivery.objects.get(pk=letters[-1]), "KeyError: 'Anna'")

    items = operator.get(LETTERS).json()["items"]

    found = {group["cause"]: group for group in items}
    assert {cause: group["letters"] for cause, group in found.items()} == {
        "OSError: N.N.N.N did not answer person N": 59,
        "KeyError: '…'": 1,
    }
    group = found["OSError: N.N.N.N did not answer person N"]
    assert group["handler"] == "notices.notify_class"
    assert group["first_at"] < group["last_at"]
    example = group["example"]
    assert example["id"] == str(letters[-2])
    assert example["kind"] == "HomeworkPublished"
    assert example["error"].startswith("OSError: 192.0.2.58 ")
    assert "payload" not in example
    members = operator.get(f"{LETTERS}/{group['id']}?limit=200")
    assert ids(members) == [str(number) for number in reversed(letters[:-1])]
    assert_problem(operator.get(f"{LETTERS}/nosuchgroup"), 404)


@pytest.mark.parametrize(
    ("error", "shown"),
    [
        (
            "PermanentError: 550 5.1.1 <parent1@oakwood.example>: no 'Ann Lee' here",
            "PermanentError: 550 5.1.1 <(address)>: no '…' here",
        ),
        (
            'IntegrityError: duplicate key violates unique constraint "notice_once"\nKey (Ann)',
            'IntegrityError: duplicate key violates unique constraint "notice_once"',
        ),
        (
            'DataError: invalid input for integer: "Ann"',
            'DataError: invalid input for integer: "…"',
        ),
        ("ValueError: The server's name isn't known", "ValueError: The server's name isn't known"),
        ("ValueError: cut off: 'Ann Le", "ValueError: cut off: '…'"),
    ],
)
def test_errors_are_shown_without_what_people_wrote(
    letters: list[int], operator: Client, error: str, shown: str
) -> None:
    kill(Delivery.objects.get(pk=letters[0]), error)

    found = operator.get("/api/ops/deliveries?state=dead&limit=200").json()["items"]

    assert [each["error"] for each in found if each["id"] == str(letters[0])] == [shown]


def test_why_a_person_was_skipped_is_not_the_operators_business(
    letters: list[int], operator: Client
) -> None:
    Delivery.objects.filter(pk=letters[0]).update(state="skipped", detail="custody block")

    (found,) = operator.get("/api/ops/deliveries?state=skipped").json()["items"]

    assert (found["id"], found["error"]) == (str(letters[0]), "")


def test_deliveries_are_found_by_state_handler_and_centre(
    letters: list[int], operator: Client
) -> None:
    path = "/api/ops/deliveries?limit=200"
    centre = Delivery.objects.get(pk=letters[0]).centre_id
    assert len(ids(operator.get(f"{path}&state=dead&centre={centre}"))) == 60
    assert len(ids(operator.get(f"{path}&handler=email.mail_class&state=done"))) == 61
    for nothing in ("centre=0", "centre=x", "handler=unknown"):
        assert ids(operator.get(f"{path}&{nothing}&state=dead")) == []


def test_a_dry_run_counts_and_changes_nothing(letters: list[int], operator: Client) -> None:
    old = clock.now() - timedelta(days=31)
    EventRecord.objects.filter(deliveries=letters[0]).update(occurred_at=old)
    assert redrive(operator, dry_run=True)["expired"] == 60
    EventRecord.objects.update(occurred_at=clock.now())

    told = redrive(operator, dry_run=True, limit=5)

    assert told == {
        "dry_run": True,
        "would_run": 60,
        "already_done": 0,
        "expired": 0,
        "undecided": 0,
        "redrive": None,
    }
    assert states(*letters) == {"dead": 60}
    assert not OpsAudit.objects.exists()
    assert not EventRecord.objects.filter(kind=DeadLettersRedriven.kind()).exists()


def test_no_more_than_the_limit_run_again(
    letters: list[int], operator: Client, work_off: Callable[[], int]
) -> None:
    told = redrive(operator, canary=False, limit=5, reason="the network is back")

    assert told["redrive"]["state"] == "released"
    assert told["redrive"]["released"] == 5
    assert states(*letters[:5]) == {"pending": 5}
    work_off()
    assert states(*letters) == {"done": 5, "dead": 55}
    assert Notice.objects.count() == 5
    noted = OpsAudit.objects.get()
    assert (noted.action, noted.reason) == ("redrive", "the network is back")
    assert noted.filter == NOTICES
    assert noted.counts["redriven"] == 5
    assert noted.actor_id == School().user(OPERATOR).pk


def test_attempts_begin_anew_and_the_fence_does_not(letters: list[int], operator: Client) -> None:
    redrive(operator, canary=False)
    letter = Delivery.objects.get(pk=letters[0])
    assert (letter.attempt, letter.forgiven) == (14, 14)
    assert letter.finished_at is None


def test_a_filter_takes_only_what_fits(letters: list[int], operator: Client) -> None:
    kill(Delivery.objects.get(pk=letters[0]), "KeyError: 7")
    died = Delivery.objects.get(pk=letters[0]).finished_at
    assert died is not None
    centre = str(Delivery.objects.get(pk=letters[0]).centre_id)
    event = str(EventRecord.objects.get(deliveries=letters[0]).pk)

    def count(**filters: str) -> int:
        return int(redrive(operator, filter=filters, dry_run=True)["would_run"])

    assert count() == count(centre=centre) == count(event_id=event) == 60
    assert count(cause="KeyError: N") == count(died_after=died.isoformat()) == 1
    assert count(died_before=died.isoformat()) == 59
    assert count(centre="0") == count(handler="no.such") == count(centre="x") == 0


def test_a_canary_that_ends_well_is_followed_by_the_others(
    letters: list[int], operator: Client, work_off: Callable[[], int]
) -> None:
    told = redrive(operator)["redrive"]
    assert (told["state"], told["canary"]) == ("waiting", str(letters[0]))
    assert (told["released"], told["held"]) == (1, 59)
    assert states(*letters) == {"pending": 1, "dead": 59}

    followed = let_the_canary_be_looked_for(work_off)

    assert (followed.state, followed.released) == ("released", 60)
    assert states(*letters) == {"done": 60}
    assert Notice.objects.count() == 60
    (shown,) = operator.get("/api/ops/redrives").json()["items"]
    assert (shown["state"], shown["outcome"]) == ("released", "The canary is done.")
    acts = operator.get("/api/ops/audit").json()["items"]
    assert [act["action"] for act in acts] == ["release", "redrive"]


def test_while_the_canary_is_out_the_others_wait(
    letters: list[int], operator: Client, work_off: Callable[[], int]
) -> None:
    redrive(operator)
    in_an_hour = clock.now() + timedelta(hours=1)
    Delivery.objects.filter(pk=letters[0]).update(due_at=in_an_hour)

    work_off()

    assert Redrive.objects.get().state == "waiting"
    assert states(*letters) == {"pending": 1, "dead": 59}
    follower = Delivery.objects.get(handler="cleanup.release_rest")
    assert follower.state == "pending"
    assert "CanaryOutError" in follower.detail


def test_a_canary_that_fails_stops_the_redrive(
    letters: list[int], operator: Client, work_off: Callable[[], int]
) -> None:
    redrive(operator)
    Delivery.objects.filter(pk=letters[0]).update(forgiven=0)  # so it has no attempt left

    stopped = let_the_canary_be_looked_for(work_off)

    assert stopped.state == "stopped"
    assert stopped.outcome == "The canary is dead: the others stay dead letters."
    assert states(*letters) == {"dead": 60}
    assert OpsAudit.objects.latest("pk").action == "stop"


def test_a_letter_that_two_redrives_hold_runs_once(
    letters: list[int], operator: Client, work_off: Callable[[], int]
) -> None:
    redrive(operator)
    redrive(operator, canary=False)

    for _ in range(2):
        Delivery.objects.filter(state="pending").update(due_at=clock.now())
        work_off()

    assert Notice.objects.count() == 60
    assert sorted(Redrive.objects.values_list("state", "released")) == [
        ("released", 1),
        ("released", 59),
    ]


def make_mails_die(state: str, **fields: Any) -> list[int]:
    mails = Mail.objects.order_by("pk")[:3]
    for mail in mails:
        kill(mail.delivery, "PermanentError: 550 no such user")
    numbers = [mail.delivery_id for mail in mails]
    Mail.objects.filter(delivery_id__in=numbers).update(state=state, **fields)
    return numbers


def test_a_bounced_mail_leaves_again(
    letters: list[int], operator: Client, work_off: Callable[[], int]
) -> None:
    dead = make_mails_die("bounced", sent_at=None)

    assert redrive(operator, filter=MAILS, canary=False)["would_run"] == 3
    assert set(Mail.objects.filter(delivery__in=dead).values_list("state", flat=True)) == {"queued"}
    work_off()

    assert states(*dead) == {"done": 3}
    assert Mail.objects.filter(state="sent").count() == 60


def test_a_mail_that_was_sent_meanwhile_does_not_leave_again(
    letters: list[int], operator: Client
) -> None:
    dead = make_mails_die("sent")

    told = redrive(operator, filter=MAILS, canary=False)

    assert (told["already_done"], told["would_run"], told["redrive"]) == (3, 0, None)
    assert states(*dead) == {"dead": 3}


def test_a_confidential_mail_that_may_have_arrived_needs_a_persons_word(
    letters: list[int], operator: Client, work_off: Callable[[], int]
) -> None:
    dead = make_mails_die("unknown", sensitive=True, unknowns=1)

    told = redrive(operator, filter=MAILS, canary=False)
    assert (told["undecided"], told["would_run"]) == (3, 0)
    told = redrive(operator, filter=MAILS, canary=False, include_unknown=True)
    assert (told["undecided"], told["would_run"]) == (0, 3)
    work_off()

    assert states(*dead) == {"done": 3}


def test_what_is_given_up_keeps_its_error_and_the_reason(
    letters: list[int], operator: Client, work_off: Callable[[], int]
) -> None:
    order: dict[str, Any] = {"filter": NOTICES, "limit": 2, "reason": "the school is closed"}
    dry = post(operator, f"{LETTERS}/discard", {**order, "dry_run": True}).json()
    assert dry == {"dry_run": True, "discarded": 2}
    assert states(*letters) == {"dead": 60}

    assert post(operator, f"{LETTERS}/discard", order).json()["discarded"] == 2

    assert states(*letters) == {"discarded": 2, "dead": 58}
    kept = Delivery.objects.get(pk=letters[0])
    assert kept.detail.startswith("OSError")
    noted = OpsAudit.objects.get()
    assert (noted.action, noted.reason) == ("discard", "the school is closed")
    assert noted.counts == {"discarded": 2}
    redrive(operator, canary=False)
    work_off()
    assert states(*letters) == {"discarded": 2, "done": 58}
    for without in ({}, {"reason": "  "}):
        assert_problem(post(operator, f"{LETTERS}/discard", without), 422)


@pytest.mark.parametrize(
    "order",
    [
        {"limit": 0},
        {"limit": 10_001},
        {"filter": {"payload": "x"}},
        {"filter": {"event_id": "7"}},
        {"filter": {"died_before": "9999-12-31T23:59:59-23:00"}},
        {"filter": {"cause": "a\0b"}},
        {"dry_run": "yes"},
    ],
)
def test_what_no_order_can_be(operator: Client, order: dict[str, Any]) -> None:
    assert_problem(post(operator, f"{LETTERS}/redrive", order), 422)


PATHS = ["dead-letters", "dead-letters/x", "deliveries", "queues", "redrives", "audit"]
POSTS = [
    "dead-letters/redrive",
    "dead-letters/discard",
    "queues/email/pause",
    "queues/email/resume",
]


@pytest.mark.parametrize("email", [TEACHER, "admin@oakwood.example", "student1@oakwood.example"])
def test_only_operators_may(school: School, email: str) -> None:
    person = client_of(email)
    for path in PATHS:
        assert_problem(person.get(f"/api/ops/{path}"), 403)
        assert_problem(Client().get(f"/api/ops/{path}"), 401)
    for path in POSTS:
        assert_problem(post(person, f"/api/ops/{path}", {}), 403)
        assert_problem(post(Client(), f"/api/ops/{path}", {}), 401)


def test_what_operators_did_cannot_be_rewritten(
    letters: list[int], operator: Client, servers: Servers
) -> None:
    redrive(operator, canary=False, limit=1)
    login = servers.app_env
    app = psycopg2.connect(
        dbname=connection.settings_dict["NAME"],
        host=login["DB_HOST"],
        port=login["DB_PORT"],
        user=login["DB_USER"],
        password=login["DB_PASSWORD"],
    )
    app.autocommit = True
    for act in (
        "UPDATE ops_audit SET reason = 'something else'",
        "DELETE FROM ops_audit",
        "TRUNCATE ops_audit",
        "ALTER TABLE ops_audit DISABLE TRIGGER append_only",
        "DROP TABLE ops_audit",
    ):
        with app.cursor() as cursor, pytest.raises(psycopg2.errors.InsufficientPrivilege):
            cursor.execute(act)
    with app.cursor() as cursor:
        cursor.execute(
            "INSERT INTO ops_audit (action, filter, counts, reason) VALUES ('stop', '{}', '{}', '')"
        )
    app.close()
    assert OpsAudit.objects.count() == 2


def command(*words: str) -> str:
    told = StringIO()
    call_command("deadletters", *words, stdout=told)
    return told.getvalue()


def test_the_command_line_does_the_same(letters: list[int], work_off: Callable[[], int]) -> None:
    heads, line = command("list").splitlines()
    assert heads.split() == ["letters", "handler", "first", "last", "group", "cause"]
    assert line.startswith("60       notices.notify_class")
    (group,) = json.loads(command("list", "--json"))
    assert group["letters"] == 60

    which = ("--group", group["id"], "--limit", "2", "--json")
    assert json.loads(command("redrive", "--dry-run", *which))["would_run"] == 60
    assert states(*letters) == {"dead": 60}
    assert json.loads(command("redrive", "--no-canary", *which))["redrive"]["released"] == 2
    assert "discarded  58" in command("discard", "--reason", "closed", *which[:2])
    work_off()

    assert states(*letters) == {"done": 2, "discarded": 58}
    assert set(OpsAudit.objects.values_list("actor_id", flat=True)) == {None}
    with pytest.raises(CommandError, match="event_id"):
        command("redrive", "--event-id", "7")
