"""A backup made where the real stack makes them, and its way back."""

from typing import Final

from tests import ledger
from tests.stack.composed import ComposedStack

ROWS: Final = """
SELECT (SELECT count(*) FROM people_user), (SELECT count(*) FROM homework_homework),
    (SELECT count(*) FROM event), (SELECT count(*) FROM delivery), (SELECT count(*) FROM mail)
"""
MANAGE: Final = ("python", "manage.py")


def rows(portal: ComposedStack, database: str) -> list[int]:
    """How many rows the tables have in one database, whosever they are."""
    url = portal.facts["admin_database_url"].rpartition("/")[0]
    return [int(each) for each in ledger.ask_at(f"{url}/{database}", ROWS)[0]]


def test_a_backup_is_made_and_restored_beside_the_portal(portal: ComposedStack) -> None:
    worker, owner = "worker-cleanup", portal.variables["DB_OWNER_PASSWORD"]
    before = rows(portal, "schoolbell")
    assert before[0] > 0

    portal.run(worker, *MANAGE, "backup")
    assert "backup_" in portal.run(worker, *MANAGE, "backups")
    names = portal.run(worker, "sh", "-c", "ls /srv/backups/backup_*").split()
    assert {name.rpartition(".")[2] for name in names} >= {"dump", "gz", "list", "json"}

    login = {"DB_OWNER_USER": "schoolbell_owner", "DB_OWNER_PASSWORD": owner}
    told = portal.run(worker, *MANAGE, "restore", "latest", "--into", "restored", **login)
    assert "counted and the same" in told
    counts = zip(before, rows(portal, "restored"), rows(portal, "schoolbell"), strict=True)
    assert all(then <= restored <= now for then, restored, now in counts)
