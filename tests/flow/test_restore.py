"""The way back from a backup."""

import gzip
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError
from django.db import connection

from core import clock
from core.backups.direct import session
from core.backups.programs import variables
from core.backups.shelf import Shelf
from core.events.models import Delivery
from core.mail.models import Mail
from core.notices.models import Notice
from tests.flow.backing_up import (
    HALF,
    cut_off,
    files_of,
    make,
    restore,
    scratch,
    shape_of,
    shelf,
    upload,
)
from tests.flow.conftest import School

__all__ = ["scratch", "shelf"]
MAY = "SELECT has_table_privilege('schoolbell_app', 'classes_schoolclass', 'SELECT, INSERT')"
pytestmark = pytest.mark.usefixtures("shelf")


def test_what_was_there_comes_back(
    school: School, settings: Any, media: Path, scratch: str, tmp_path: Path
) -> None:
    school.publish()
    upload(school)
    upload(school, b"A new map.")
    before = files_of(media)
    then = shape_of(settings, connection.settings_dict["NAME"])

    made = make()
    told = restore(made.name, scratch, media=tmp_path / "restored")

    assert f"{made.name}, as of " in told
    assert f"{len(before)} files" in told
    now = shape_of(settings, scratch)
    assert now.rows == then.rows
    assert now.rows["people_user"] > 100
    assert now.rows["homework_homework"] == 1
    assert (now.isolated, now.functions) == (then.isolated, then.functions)
    assert now.grants == then.grants
    assert files_of(tmp_path / "restored") == before
    assert len(before) == 2


def test_what_came_back_keeps_centres_apart_and_is_the_applications(
    school: School, settings: Any, scratch: str
) -> None:
    restore(make().name, scratch)

    with session(settings.DB_OWNER_LOGIN, scratch) as owner:
        owner.values("SET schoolbell.centre = ''")
        assert owner.values("SELECT count(*) FROM classes_schoolclass") == [0]
        owner.values("SET schoolbell.centre = 'all'")
        assert owner.values("SELECT count(*) FROM classes_schoolclass") == [2]
        assert owner.values(MAY) == [True]
        assert owner.values(
            "SELECT tableowner FROM pg_tables WHERE tablename = 'classes_schoolclass'"
        ) == [settings.DB_OWNER_LOGIN[0]]


def test_a_database_with_tables_is_replaced_only_when_told(
    school: School, settings: Any, scratch: str
) -> None:
    name = make().name
    restore(name, scratch)
    with session(settings.DB_OWNER_LOGIN, scratch) as owner:
        owner.values("CREATE TABLE stray ()")
        with pytest.raises(CommandError, match="--replace"):
            restore(name, scratch)
        with pytest.raises(CommandError, match=r"in use \(1 as schoolbell_owner\)"):
            restore(name, scratch, replace=True)

    restore(name, scratch, replace=True)

    assert "stray" not in shape_of(settings, scratch).rows


def test_a_restore_that_fails_half_way_changes_nothing(
    school: School, settings: Any, scratch: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    name = make().name
    restore(name, scratch)
    before = shape_of(settings, scratch)
    settings.PG_BIN = cut_off(tmp_path, settings.PG_BIN, "pg_restore", HALF)
    monkeypatch.setattr("core.backups.restoring.check_backup", lambda *_a, **_o: None)

    with pytest.raises(CommandError, match="pg_restore failed"):
        restore(name, scratch, replace=True)

    assert shape_of(settings, scratch) == before


def test_the_plain_one_needs_nothing_but_psql(
    school: School, settings: Any, scratch: str, shelf: Shelf
) -> None:
    then = shape_of(settings, connection.settings_dict["NAME"])
    make()
    with session(settings.DB_OWNER_LOGIN, "postgres") as owner:
        owner.values(f"CREATE DATABASE {scratch}")

    with gzip.open(shelf.folders()[-1].plain) as plain:
        subprocess.run(
            [f"{settings.PG_BIN}/psql", "-q", "-1", "-v", "ON_ERROR_STOP=1", "-o", "/dev/null"],
            env=variables(settings.DB_OWNER_LOGIN, scratch, "by hand"),
            input=plain.read(),
            check=True,
        )

    found = shape_of(settings, scratch)
    assert found.rows == then.rows | {"backup": 1}
    assert (found.isolated, found.grants) == (then.isolated, then.grants)


@contextmanager
def working_in(database: str) -> Iterator[None]:
    """Within the block the portal's database is another one."""
    own = connection.settings_dict["NAME"]
    connection.close()
    connection.settings_dict["NAME"] = database
    try:
        yield
    finally:
        connection.close()
        connection.settings_dict["NAME"] = own


def test_work_goes_on_where_it_was_and_a_mails_twin_has_its_name(
    school: School, scratch: str, in_time: Callable[[], int]
) -> None:
    school.publish()
    in_hand = {"state": "running", "attempt": 1, "due_at": clock.now()}  # a lease that runs out
    Delivery.objects.filter(handler="email.mail_class").update(**in_hand)
    made = make()
    in_time()
    sent = set(Mail.objects.filter(state="sent").values_list("message_id", flat=True))
    assert len(sent) == 60

    restore(made.name, scratch)
    with working_in(scratch):
        assert not Mail.objects.exists()
        in_time()
        again = set(Mail.objects.filter(state="sent").values_list("message_id", flat=True))
        assert Notice.objects.count() == 60
        assert not Delivery.objects.exclude(state__in=["done", "skipped"]).exists()

    assert again == sent
