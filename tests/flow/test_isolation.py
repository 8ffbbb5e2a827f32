"""The database itself keeps the centres apart: a forgotten filter shows nothing of another."""

import threading
from collections.abc import Callable
from typing import Any, Final

import psycopg2
import pytest
from django.apps import apps
from django.db import DatabaseError, connection, transaction

from core.access.actions import request_reset
from core.access.caller import Caller
from core.backups.events import BackupDue
from core.backups.queries import JOB as BACKUP
from core.classes.models import Enrolment, SchoolClass, Teaching
from core.events.event import NO_CENTRE
from core.events.models import Delivery, EventRecord
from core.events.publish import publish
from core.isolation.scope import everywhere, nowhere, of_person, outbox, within_centre
from core.jobs.actions import request_job
from core.jobs.models import Job
from core.mail.models import Mail
from core.notices.models import Notice
from core.people.models import Centre, Guardianship, Membership
from tasks.drain import drain
from tasks.email.homework import mail_class
from tasks.handler import Batch
from tasks.notices import homework as told
from tests.flow.conftest import School
from tests.flow.pages import tell_class
from tests.flow.people import STUDENT
from tests.remembered import as_once

OF_CENTRES: Final[list[Any]] = [SchoolClass, Enrolment, Membership, Guardianship, Notice]
OUTBOX: Final[list[Any]] = [EventRecord, Delivery, Job, Mail]

# TABLE: why a table is under no policy; by the beginning of its name. All others are.
UNDER_NONE: Final = {
    "auth_": "Django's own",
    "django_": "Django's own",
    "otp_": "a person's way in, wherever they belong",
    "browser_session": "a person's way in, wherever they belong",
    "token_family": "a person's way in, wherever they belong",
    "try_count": "guesses, before it is known whose",
    "people_user": "one account may be in several centres",
    "people_emailchange": "a person's own",
    "notices_digestchoice": "a person's own, for all their centres",
    "notices_noticepreference": "a person's own, for all their centres",
    "idempotent_answer": "a person's own, found by who asks again",
    "live_": "streams, found by a name only after the right to it (core/live/streams.py)",
    "people_centre": "the centres themselves",
    "reports_reportpace": "seconds, of no centre's reports in particular",
    "schedule_": "the clock's",
    "backup": "the whole installation's",
    "ops_": "the operators'",
    "drain_forecast": "the operators'",
    "queue_": "the operators'",
    "redrive": "the operators'",
    "worker_process": "the operators'",
}

POLICIES: Final = """
SELECT relname FROM pg_class
WHERE relkind IN ('r', 'p') AND relrowsecurity AND relforcerowsecurity
    AND EXISTS (SELECT FROM pg_policy WHERE polrelid = pg_class.oid)
"""
WITH_CENTRE: Final = """
SELECT DISTINCT table_name FROM information_schema.columns JOIN information_schema.tables
    USING (table_schema, table_name)
WHERE column_name = 'centre_id' AND table_schema = 'public' AND table_type = 'BASE TABLE'
"""
# As the ledger of the release before begins a mail; it may run beside this one for a while.
OLDER_BEGIN: Final = """
INSERT INTO mail (delivery_id, message_id, recipient, subject, sensitive, state, unknowns, reply)
SELECT min(id), 'older', 'ann@oakwood.example', '', false, 'sending', 0, '' FROM delivery
WHERE handler = 'notices.notify_class'
"""
TABLES: Final = """
SELECT table_name FROM information_schema.tables
WHERE table_schema = 'public' AND table_type = 'BASE TABLE'
"""


def rows(statement: str) -> set[str]:
    with connection.cursor() as cursor:
        cursor.execute(statement)
        return {name for (name,) in cursor.fetchall()}


@pytest.fixture
def oakwood(school: School) -> Centre:
    return Centre.objects.get(slug="oakwood")


@pytest.mark.django_db
def test_every_table_with_a_centre_has_a_forced_policy() -> None:
    assert rows(WITH_CENTRE) <= rows(POLICIES)


@pytest.mark.django_db
def test_every_table_without_a_policy_has_a_reason() -> None:
    without = rows(TABLES) - rows(POLICIES)
    assert {name for name in without if not name.startswith(tuple(UNDER_NONE))} == set()
    assert [
        begin for begin in UNDER_NONE if not any(name.startswith(begin) for name in without)
    ] == []


@pytest.mark.django_db
def test_every_join_table_of_an_isolated_one_has_a_policy_too() -> None:
    isolated = rows(POLICIES)
    joins = {
        field.m2m_db_table()
        for model in apps.get_models(include_auto_created=True)
        if model._meta.db_table in isolated
        for field in model._meta.local_many_to_many
    }
    assert joins <= isolated


@pytest.mark.parametrize("model", [*OF_CENTRES, *OUTBOX])
def test_without_a_filter_only_the_own_centre_is_there(
    school: School, oakwood: Centre, model: Any
) -> None:
    do_something_of_each(school)
    assert set(model.objects.values_list("centre_id", flat=True)) > {oakwood.pk}
    with within_centre(oakwood.pk):
        assert set(model.objects.values_list("centre_id", flat=True)) == {oakwood.pk}


@pytest.mark.parametrize("model", [*OF_CENTRES, *OUTBOX])
def test_without_a_centre_nothing_is_there(school: School, oakwood: Centre, model: Any) -> None:
    do_something_of_each(school)
    assert model.objects.exists()
    with nowhere():
        assert not model.objects.exists()
        assert model.objects.update(centre_id=oakwood.pk) == 0


def do_something_of_each(school: School) -> None:
    """In both centres a row of each table: a class is told of homework, and a job is asked for."""

    def do() -> None:
        for slug in ("oakwood", "riverside"):
            tell_class(school, centre=slug)
            drain(mail_class)
            with transaction.atomic():
                request_job(BackupDue(centre_id=Centre.objects.get(slug=slug).pk), kind=BACKUP)

    as_once("a row of each table in both centres", do)


def test_who_looks_after_all_work_sees_nothing_else_of_a_centre(school: School) -> None:
    do_something_of_each(school)
    with nowhere(), outbox():
        for model in OUTBOX:
            assert len(set(model.objects.values_list("centre_id", flat=True))) == 2
        assert not any(model.objects.exists() for model in OF_CENTRES)
    with nowhere(), transaction.atomic():
        with outbox():
            assert Delivery.objects.exists()
        assert not Delivery.objects.exists()


def test_what_concerns_no_centre_is_seen_in_each_and_changed_in_none(
    school: School, oakwood: Centre
) -> None:
    with nowhere(), transaction.atomic():
        event_id = publish(BackupDue(centre_id=NO_CENTRE))
    with within_centre(oakwood.pk):
        event = EventRecord.objects.get(pk=event_id)
        assert event.deliveries.exists()
        assert event.deliveries.update(state="done") == 0
    with of_person(school.user(STUDENT).pk):
        assert not EventRecord.objects.filter(pk=event_id).exists()


def test_a_mail_of_no_centre_is_seen_in_none(
    school: School, oakwood: Centre, in_time: Callable[[], int]
) -> None:
    with nowhere():
        request_reset(email=STUDENT, caller=Caller("203.0.113.9", "Firefox"))
    in_time()
    assert Mail.objects.get().centre_id == NO_CENTRE
    with within_centre(oakwood.pk):
        assert not Mail.objects.exists()


def test_a_mail_of_a_worker_that_names_no_centre_is_of_the_one_it_is_in(
    school: School, oakwood: Centre
) -> None:
    do_something_of_each(school)
    with within_centre(oakwood.pk), connection.cursor() as cursor:
        cursor.execute(OLDER_BEGIN)
        assert cursor.rowcount == 1
    assert Mail.objects.get(message_id="older").centre_id == oakwood.pk


def test_an_event_is_recorded_in_a_centre_that_is_not_ones_own(
    school: School, oakwood: Centre
) -> None:
    riverside = Centre.objects.get(slug="riverside")
    with within_centre(riverside.pk):
        with transaction.atomic():
            event_id = publish(BackupDue(centre_id=oakwood.pk))
        assert not EventRecord.objects.filter(pk=event_id).exists()
    assert EventRecord.objects.get(pk=event_id).centre_id == oakwood.pk


def test_join_tables_follow_their_owner(school: School, oakwood: Centre) -> None:
    teachings = Teaching.objects
    assert teachings.count() == 2
    with within_centre(oakwood.pk):
        assert teachings.count() == 1
    with nowhere():
        assert not teachings.exists()


def test_nothing_can_be_written_into_another_centre(school: School, oakwood: Centre) -> None:
    riverside = Centre.objects.get(slug="riverside")
    with within_centre(oakwood.pk):
        with pytest.raises(DatabaseError, match="row-level security"):
            SchoolClass.objects.create(centre=riverside, name="8B")
        assert SchoolClass.objects.filter(centre=riverside).update(name="mine") == 0
        assert SchoolClass.objects.filter(centre=riverside).delete()[0] == 0
    assert SchoolClass.objects.get(centre=riverside).name == "7A"


def test_people_see_what_concerns_themselves_in_all_their_centres(school: School) -> None:
    student = school.user(STUDENT)
    other = Centre.objects.get(slug="riverside")
    Membership.objects.create(user=student, centre=other, roles=["student"])
    with of_person(student.pk):
        assert set(Membership.objects.values_list("user_id", flat=True)) == {student.pk}
        assert Membership.objects.count() == 2
        with pytest.raises(DatabaseError, match="row-level security"):
            Membership.objects.create(
                user=student, centre=Centre.objects.create(slug="x"), roles=[]
            )


def test_the_scope_ends_with_the_transaction_and_survives_a_savepoint(
    school: School, oakwood: Centre
) -> None:
    def seen() -> int:
        return SchoolClass.objects.count()

    with transaction.atomic(), within_centre(oakwood.pk):
        assert seen() == 1
        with everywhere():
            assert seen() == 2
        with transaction.atomic(), everywhere():
            assert seen() == 2
            transaction.set_rollback(True)  # to the savepoint, and with it what was told there
        assert seen() == 1
    with connection.cursor() as cursor, nowhere():
        cursor.execute("SELECT current_setting('schoolbell.centre', true)")
        assert cursor.fetchone() in [("",), (None,)]


def test_a_thread_begins_without_any_centre(school: School) -> None:
    found: list[int] = []

    def look() -> None:
        found.append(SchoolClass.objects.count())
        connection.close()

    thread = threading.Thread(target=look)
    thread.start()
    thread.join()
    assert found == [0]


def test_the_application_sees_nothing_unasked(school: School, servers: Any) -> None:
    facts = {**servers.app_env}
    with (
        psycopg2.connect(
            host=facts["DB_HOST"],
            port=facts["DB_PORT"],
            user=facts["DB_USER"],
            password=facts["DB_PASSWORD"],
            dbname=connection.settings_dict["NAME"],
        ) as app,
        app.cursor() as cursor,
    ):
        cursor.execute("SELECT count(*) FROM classes_enrolment")
        assert cursor.fetchone() == (0,)
    app.close()


def test_a_handler_runs_within_the_centre_of_its_batch(
    school: School, oakwood: Centre, monkeypatch: pytest.MonkeyPatch, work_off: Callable[[], int]
) -> None:
    seen: list[set[int]] = []

    def spy(batch: Batch[Any]) -> dict[int, Any]:
        seen.append(set(SchoolClass.objects.values_list("centre_id", flat=True)))
        return original(batch)

    original = told._homework_of
    monkeypatch.setattr(told, "_homework_of", spy)
    school.publish()
    work_off()
    assert seen
    assert all(each == {oakwood.pk} for each in seen)
