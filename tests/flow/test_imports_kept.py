"""How long the rows of imports are kept."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import transaction
from django.test import Client

from core import clock
from core.events.event import NO_CENTRE
from core.events.publish import publish
from core.imports.models import PeopleImport
from core.jobs.events import HousekeepingDue
from core.jobs.models import Job
from tasks.cleanup import imports as import_sweep
from tasks.cleanup.housekeeping import keep_house
from tasks.drain import drain
from tasks.imports.people import run_import
from tests.flow.conftest import School
from tests.flow.pages import shown
from tests.flow.people import assert_problem, client_of, post
from tests.flow.sheets import NINA, OTTO, csv_of
from tests.flow.test_imports import ADMIN, carried_out, looked_through, upload


@pytest.fixture
def admin(school: School) -> Client:
    return client_of(ADMIN)


class TestHowLongRowsAreKept:
    def old(self, **times: Any) -> None:
        """Let the imports that there are be of then."""
        PeopleImport.objects.update(**times)

    def keep_house(self) -> int:
        with transaction.atomic():
            publish(HousekeepingDue(centre_id=NO_CENTRE))
        drain(keep_house)
        result = Job.objects.get(kind="cleanup.keep_house", result__isnull=False).result or {}
        Job.objects.filter(kind="cleanup.keep_house").delete()
        return int(result["rows of imports"])

    def test_they_leave_and_the_counts_stay(
        self, admin: Client, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(import_sweep, "BATCH", 2)
        carried_out(admin, NINA, OTTO, ("Pia", "pia@pupils.example", "7A", "", "", ""))
        young = looked_through(admin, NINA)
        page = shown(admin, young.removeprefix("/api"))
        assert "Rows are kept until" in page
        month_ago = clock.now() - timedelta(days=30, minutes=1)
        old = PeopleImport.objects.earliest("pk")
        PeopleImport.objects.filter(pk=old.pk).update(created_at=month_ago, finished_at=month_ago)

        assert self.keep_house() == 3
        assert self.keep_house() == 0
        path = f"/api/imports/{old.pk}"
        told = admin.get(path).json()
        assert (told["total"], told["rows_until"]) == (3, None)
        assert admin.get(f"{path}/rows").json()["items"] == []
        assert_problem(admin.get(f"{path}/report"), 404)
        assert "The rows are gone" in shown(admin, path.removeprefix("/api"))
        assert admin.get(f"{young}/rows").json()["items"]

    def test_counted_from_the_end(self, admin: Client) -> None:
        carried_out(admin, NINA)
        self.old(created_at=clock.now() - timedelta(days=40))
        assert self.keep_house() == 0
        self.old(finished_at=clock.now() - timedelta(days=31))
        assert self.keep_house() == 1

    def test_what_nobody_ran_leaves_too_and_cannot_be_run_then(self, admin: Client) -> None:
        path = looked_through(admin, NINA)
        self.old(created_at=clock.now() - timedelta(days=31))
        assert self.keep_house() == 1
        refused = assert_problem(post(admin, f"{path}/run", {}), 409)
        assert "upload the file again" in refused["detail"]
        assert "Import now" not in shown(admin, path.removeprefix("/api"))

    def test_what_runs_keeps_its_rows(self, admin: Client) -> None:
        path = looked_through(admin, NINA)
        post(admin, f"{path}/run", {})
        self.old(created_at=clock.now() - timedelta(days=31))
        assert self.keep_house() == 0
        drain(run_import)
        assert admin.get(path).json()["counts"]["created"] == 1
        PeopleImport.objects.update(state="running", finished_at=None)
        Job.objects.update(state="failed")
        assert self.keep_house() == 1

    def test_bytes_that_nobody_read_leave(self, admin: Client) -> None:
        upload(admin, csv_of(NINA))
        Job.objects.update(state="failed")
        self.old(created_at=clock.now() - timedelta(days=31))
        self.keep_house()
        assert PeopleImport.objects.get().content is None
