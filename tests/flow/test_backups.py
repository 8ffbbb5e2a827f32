"""Backups: whole, or loud."""

import gzip
import os
import shutil
import stat
import tempfile
import threading
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from core.backups import making
from core.backups.checking import check_backup
from core.backups.faults import BackupError, BusyError
from core.backups.making import make_backup
from core.backups.models import Backup
from core.backups.queries import latest_good
from core.backups.shelf import Shelf
from core.events.models import EventRecord
from tests.flow.backing_up import (
    TRUNCATE,
    cut_off,
    files_no_larger_than,
    make,
    nothing,
    shelf,
    upload,
)
from tests.flow.conftest import School

__all__ = ["shelf"]


def test_both_dumps_and_the_list_stand_beside_each_other(
    school: School, shelf: Shelf, settings: Any
) -> None:
    upload(school)
    made = make()

    (folder,) = shelf.folders()
    day = f"{made.started_at:%Y%m%d}"
    assert {path.name for path in folder.path.iterdir()} == {
        f"backup_{day}.dump",
        f"backup_{day}.sql.gz",
        "media.list",
        "manifest.json",
    }
    with gzip.open(folder.plain, "rt") as plain:
        assert "COPY public.people_user" in plain.read()
    assert (made.state, made.size, made.media_files) == ("good", folder.size, 1)
    assert latest_good() == made
    assert stat.S_IMODE(settings.BACKUP_DIR.stat().st_mode) == 0o700
    assert EventRecord.objects.filter(kind="BackupMade").count() == 1


def test_a_file_is_kept_once_and_leaves_with_its_last_backup(
    school: School, shelf: Shelf, media: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    upload(school, b"Stays.")
    upload(school, b"Leaves.")
    make()
    (first,) = shelf.folders()
    stored = sorted((first.path.parent / "media").glob("??/*"))
    assert len(stored) == 2
    next(
        path for path in media.rglob("*") if path.is_file() and path.read_bytes() == b"Leaves."
    ).unlink()

    make()
    assert sorted((first.path.parent / "media").glob("??/*")) == stored
    monkeypatch.setattr(making, "KEEP", 1)
    make()
    assert len(list((first.path.parent / "media").glob("??/*"))) == 1


def test_seven_are_kept(school: School, shelf: Shelf) -> None:
    names = [make().name for _ in range(9)]

    assert [folder.name for folder in shelf.folders()] == names[2:]
    states = Backup.objects.order_by("pk").values_list("state", flat=True)
    assert list(states) == ["pruned"] * 2 + ["good"] * 7


def test_two_at_once_are_one(school: School, shelf: Shelf) -> None:
    begun, go_on, other = threading.Event(), threading.Event(), []

    def wait(_done: float, _total: float, _stage: str) -> None:
        begun.set()
        assert go_on.wait(20)

    def first() -> None:
        other.append(make_backup(tell=wait))
        connection.close()

    thread = threading.Thread(target=first)
    thread.start()
    assert begun.wait(20)
    with pytest.raises(BusyError):
        make()
    go_on.set()
    thread.join()

    assert Backup.objects.get() == other[0]
    assert len(shelf.folders()) == 1


def test_a_full_disk_is_loud_and_keeps_what_there_is(school: School, shelf: Shelf) -> None:
    good = make()

    with files_no_larger_than(20_000), pytest.raises((BackupError, OSError)):
        make()

    failed = Backup.objects.latest("pk")
    assert failed.state == "failed"
    assert failed.error
    assert latest_good() == good
    assert [folder.name for folder in shelf.folders()] == [good.name]
    assert not list(shelf.root.glob("*.unfinished"))
    assert EventRecord.objects.filter(kind="BackupFailed").count() == 1


def test_too_little_room_is_seen_before_the_disk_is_full(
    school: School, shelf: Shelf, monkeypatch: pytest.MonkeyPatch
) -> None:
    make()
    monkeypatch.setattr(shutil, "disk_usage", lambda _path: shutil._ntuple_diskusage(9, 9, 0))

    with pytest.raises(BackupError, match="full"):
        make()


@pytest.mark.parametrize(
    "cut", [("pg_dump", TRUNCATE), ("pg_restore", '"$REAL" "$@" | head -c 50000')]
)
def test_a_truncated_dump_is_loud(
    school: School, shelf: Shelf, settings: Any, tmp_path: Path, cut: tuple[str, str]
) -> None:
    good = make()
    settings.PG_BIN = cut_off(tmp_path, settings.PG_BIN, *cut)

    with pytest.raises(CommandError, match="No backup was made"):
        call_command("backup", stdout=StringIO())

    assert Backup.objects.latest("pk").state == "failed"
    assert latest_good() == good
    assert [folder.name for folder in shelf.folders()] == [good.name]


def test_a_damaged_one_is_found_and_counts_no_more(
    school: School, shelf: Shelf, media: Path
) -> None:
    upload(school)
    older, newer = make(), make()
    call_command("backups", verify="all", stdout=StringIO())
    plain = shelf.folders()[-1].plain
    plain.write_bytes(plain.read_bytes()[:-1] + b"?")

    with pytest.raises(CommandError, match="1 of 2"):
        call_command("backups", verify="all", stdout=StringIO(), stderr=StringIO())

    newer.refresh_from_db()
    assert (newer.state, latest_good()) == ("failed", older)
    assert "sql.gz is not what it was" in newer.error


def test_a_files_bytes_are_looked_through_too(school: School, shelf: Shelf) -> None:
    upload(school)
    make()
    (stored,) = (shelf.root / "media").glob("??/*")
    stored.write_bytes(b"A new map.!")  # as many

    with pytest.raises(CommandError, match="1 of 1"):
        call_command("backups", verify="latest", stdout=StringIO(), stderr=StringIO())


@pytest.mark.skipif(not os.access("/dev/shm", os.W_OK), reason="there is no other disk")  # noqa: S108
def test_files_of_another_disk_are_copied(school: School, media: Path, settings: Any) -> None:
    upload(school)
    with tempfile.TemporaryDirectory(dir="/dev/shm") as elsewhere:
        settings.BACKUP_DIR = Path(elsewhere)
        make()
        (folder,) = Shelf(settings.BACKUP_DIR).folders()
        (stored,) = (settings.BACKUP_DIR / "media").glob("??/*")
        assert stored.read_bytes() == b"An old map."
        assert check_backup(folder, nothing, read_files=True).media.files == 1
