"""What workers do with files: thumbnails, and sweeping what nobody wants."""

import io
import os
import threading
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import connection, transaction
from django.test import Client
from PIL import Image

from core import clock
from core.events.models import Delivery
from core.files.attachments import attach_files
from core.files.models import File
from core.files.storage import path_of
from core.isolation.scope import everywhere
from core.people.actor import Actor
from tasks.cleanup import files as sweeping
from tasks.cleanup.sweep import Taken
from tasks.cleanup.sweeps import SWEEPS
from tests.flow.conftest import School
from tests.flow.pages import shown
from tests.flow.people import TEACHER, assert_problem, client_of
from tests.flow.uploads import MP3, PDF, kept, on_disk, picture, pixel_bomb, upload

pytestmark = pytest.mark.usefixtures("media")
DAY = timedelta(hours=24, minutes=1)


@pytest.fixture
def teacher(school: School) -> Actor:
    return school.actor(TEACHER)


def small(file: File) -> Image.Image:
    """The thumbnail as a reader gets it."""
    answer: Any = client_of(TEACHER).get(f"/api/files/{file.pk}/thumbnail")
    assert answer.status_code == 200
    assert answer.headers["Content-Type"] == "image/webp"
    return Image.open(io.BytesIO(b"".join(answer.streaming_content)))


# Thumbnails


@pytest.mark.parametrize("form", ["JPEG", "PNG", "GIF", "WEBP"])
def test_a_picture_gets_a_small_one(teacher: Actor, work_off: Callable[[], int], form: str) -> None:
    file = kept(teacher, picture(form, (1600, 1000)), f"a.{form.lower()}")
    assert_problem(client_of(TEACHER).get(f"/api/files/{file.pk}/thumbnail"), 404)
    work_off()
    assert File.objects.get().thumbnail == "ready"
    assert small(file).size == (320, 200)
    assert len(on_disk()) == 2


def test_a_page_shows_it_as_soon_as_it_is_there(
    school: School, teacher: Actor, work_off: Callable[[], int]
) -> None:
    homework = school.draft()
    file = kept(teacher, picture(), "a.png", subject=f"homework:{homework.pk}")
    client, part = client_of(TEACHER), f"/files/{file.pk}/picture"
    page = shown(client, f"/homework/{homework.pk}")
    assert f'hx-get="{part}?wait=4"' in page
    assert 'hx-trigger="load delay:2s"' in page
    assert f'hx-get="{part}?wait=8"' in shown(client, f"{part}?wait=4")
    assert "hx-get" not in shown(client, f"{part}?wait=128")  # it does not ask for ever
    assert "delay:2s" in shown(client, f"{part}?wait=0;x")

    work_off()
    drawn = shown(client, f"{part}?wait=4")
    assert f'src="/files/{file.pk}/thumbnail"' in drawn
    assert "hx-get" not in drawn
    File.objects.update(thumbnail="refused")
    assert shown(client, part).strip() == ""


def test_a_picture_lies_as_it_was_taken(teacher: Actor, work_off: Callable[[], int]) -> None:
    exif = Image.Exif()
    exif[0x0112] = 6  # the camera was turned: to be shown a quarter turn clockwise
    file = kept(teacher, picture("JPEG", (1600, 1000), exif=exif), "a.jpg")
    work_off()
    upright = small(file).convert("RGB")
    assert upright.size == (200, 320)
    red, green, blue = upright.getpixel((100, 10))  # type: ignore[misc]
    assert red > 200
    assert max(green, blue) < 60


def test_what_shines_through_still_does(teacher: Actor, work_off: Callable[[], int]) -> None:
    clear = io.BytesIO()
    Image.new("RGBA", (400, 400), (255, 0, 0, 0)).save(clear, "PNG")
    file = kept(teacher, clear.getvalue(), "a.png")
    work_off()
    assert small(file).convert("RGBA").getpixel((10, 10))[3] == 0  # type: ignore[index]


@pytest.mark.parametrize(
    "content",
    [pixel_bomb(), pixel_bomb(7_000), picture("PNG")[:200], b"\x89PNG\r\n\x1a\n" + bytes(500)],
    ids=["bomb", "smaller bomb", "half", "nothing"],
)
def test_bombs_and_broken_pictures_have_none(
    teacher: Actor, work_off: Callable[[], int], content: bytes
) -> None:
    file = kept(teacher, content, "a.png")
    work_off()
    assert File.objects.get().thumbnail == "refused"
    assert on_disk() == [file.storage_name]
    assert_problem(client_of(TEACHER).get(f"/api/files/{file.pk}/thumbnail"), 404)
    assert set(Delivery.objects.values_list("state", flat=True)) == {"done"}


def test_what_is_no_picture_is_skipped(teacher: Actor, work_off: Callable[[], int]) -> None:
    kept(teacher, PDF)
    kept(teacher, MP3, "a.mp3")
    work_off()
    assert set(Delivery.objects.values_list("state", "detail")) == {("skipped", "no image")}
    assert set(File.objects.values_list("thumbnail", flat=True)) == {"none"}


# Sweeping


def age(file: File, by: timedelta = DAY) -> None:
    """Have a file be older, its bytes too."""
    then = clock.now() - by
    File.objects.filter(pk=file.pk).update(created_at=then)
    make_older(path_of(file.storage_name), by)


def make_older(path: Path, by: timedelta = DAY) -> None:
    then = (clock.now() - by).timestamp()
    os.utime(path, (then, then))


def sweep() -> int:
    """All of the sweeps of files, each to its end; how much they removed."""
    removed = 0
    for each in sweeping.FILE_SWEEPS:
        end: str | None = ""
        while end is not None:
            with transaction.atomic():
                taken = each.take(end)
            removed, end = removed + taken.removed, taken.end
    return removed


def test_housekeeping_sweeps_files() -> None:
    assert set(sweeping.FILE_SWEEPS) <= set(SWEEPS)


def test_a_file_that_nobody_attached_leaves_after_a_day(
    teacher: Actor, work_off: Callable[[], int]
) -> None:
    old, young, attached = kept(teacher), kept(teacher), kept(teacher, subject="ticket:1")
    age(old)
    age(attached)
    age(young, timedelta(hours=23))
    with transaction.atomic():
        assert sweeping.take_unattached("") == Taken(1, None)
    assert set(File.objects.all()) == {young, attached}
    assert len(on_disk()) == 3  # the row goes first
    work_off()
    assert on_disk() == sorted([young.storage_name, attached.storage_name])
    assert sweep() == 0


def test_a_crash_between_row_and_bytes_is_made_good_by_the_next_sweep(teacher: Actor) -> None:
    file = kept(teacher)
    age(file)
    File.objects.all().delete()
    assert sweep() == 1
    assert on_disk() == []


def test_bytes_without_a_row_leave_after_a_day(
    teacher: Actor, media: Path, work_off: Callable[[], int]
) -> None:
    known = kept(teacher, picture(), "a.png", subject="ticket:1")
    work_off()
    for path in media.rglob("*.webp"):
        make_older(path)
    age(known)
    before = on_disk()
    assert len(before) == 2
    places = ["ab/cd/" + "ab" * 16, "ff/00/" + "ff" * 16 + ".webp", "incoming/tmp1", "00/11/x.part"]
    for place in places:
        for name in (place, place.replace(".", "1.") if "." in place else place + "1"):
            path = media / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(b"x")
        make_older(media / place)
    assert sweep() == 4
    assert len(on_disk()) == 4 + len(before)
    assert set(before) <= set(on_disk())


def test_many_leave_in_batches(teacher: Actor, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sweeping, "BATCH", 2)
    for _ in range(5):
        age(kept(teacher))
    for removed, end in [(2, ""), (2, ""), (1, None)]:
        with transaction.atomic():
            assert sweeping.take_unattached("") == Taken(removed, end)


def test_a_file_that_is_just_being_attached_stays(teacher: Actor) -> None:
    file = kept(teacher)
    age(file)
    attached, go_on = threading.Event(), threading.Event()

    def attach() -> None:
        with everywhere(), transaction.atomic():
            attach_files([file.pk], subject="ticket:1", by=teacher)
            attached.set()
            assert go_on.wait(10)
        connection.close()

    thread = threading.Thread(target=attach)
    thread.start()
    assert attached.wait(10)
    assert sweep() == 0
    go_on.set()
    thread.join()
    assert sweep() == 0
    assert File.objects.get().attached


def test_an_upload_after_the_sweep_is_a_new_file(
    teacher: Actor, work_off: Callable[[], int], media: Any
) -> None:
    client: Client = client_of(TEACHER)
    assert upload(client, PDF).status_code == 201
    age(File.objects.get())
    sweep()
    assert upload(client, PDF).status_code == 201
    work_off()
    assert len(on_disk()) == 1
