"""Backups on the operations page."""

from datetime import timedelta

import pytest
from django.test import Client

from core import clock
from core.backups.models import Backup, BackupState
from core.backups.queries import open_job
from core.people.models import User

pytestmark = pytest.mark.django_db(transaction=True)


def client_of(**fields: bool) -> Client:
    """Of somebody with these rights, who has signed in."""
    person = User.objects.create_user("watcher@example.org", "a long password", name="W", **fields)
    client = Client()
    client.force_login(person)
    return client


def test_an_operator_sees_that_there_is_none_and_has_one_made() -> None:
    operator = client_of(is_operator=True)
    assert (
        "There is no backup that can be restored." in operator.get("/ops/backups").content.decode()
    )
    assert operator.post("/ops/backups/make").status_code == 302
    assert open_job() is not None


def test_what_is_good_and_what_failed_is_told() -> None:
    now = clock.now()
    for name, state, error in (
        ("a", BackupState.GOOD, ""),
        ("b", BackupState.FAILED, "Disk full."),
    ):
        Backup.objects.create(
            name=name,
            state=state,
            error=error,
            started_at=now - timedelta(minutes=2),
            finished_at=now,
            size=2_000_000,
            media_files=1,
        )
    page = client_of(is_viewer=True).get("/ops/backups").content.decode()
    assert "no backup that can be restored" not in page
    assert "Disk full." in page
    assert "1 file" in page
    assert "Back up now" not in page  # a viewer looks


def test_a_viewer_makes_none() -> None:
    assert client_of(is_viewer=True).post("/ops/backups/make").status_code == 403
    assert open_job() is None
