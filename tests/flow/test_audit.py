"""The audit log takes entries, and gives none up."""

import pytest
from django.db import DatabaseError

from core.audit.actions import record
from core.audit.models import AuditEntry
from core.events.event import NO_CENTRE
from core.isolation.scope import nowhere, within_centre

pytestmark = pytest.mark.django_db(transaction=True)


def test_what_was_done_can_be_written_down_from_anywhere_and_read_in_its_centre() -> None:
    with nowhere():
        record("role.changed", centre_id=7, by=3, subject="user:4", detail={"to": ["staff"]})
        record("sign-in.failed", centre_id=NO_CENTRE, by=None)
    with within_centre(7):
        assert [each.what for each in AuditEntry.objects.all()] == ["role.changed"]
    with within_centre(8):
        assert not AuditEntry.objects.exists()


def test_nobody_changes_or_deletes_an_entry() -> None:
    record("role.changed", centre_id=7, by=3)
    with pytest.raises(DatabaseError, match="append-only"):
        AuditEntry.objects.update(by_id=4)
    with pytest.raises(DatabaseError, match="append-only"):
        AuditEntry.objects.all().delete()
