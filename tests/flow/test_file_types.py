"""Which files are taken: their content decides, and their name must agree."""

import io
import struct
import time
import zipfile
from typing import Any

import pytest
from django.test import Client

from core.files.kinds import BY_EXTENSION
from core.files.models import Purpose
from tests.flow.conftest import School
from tests.flow.people import TEACHER, assert_problem, client_of
from tests.flow.uploads import (
    ELF,
    EXE,
    HTML,
    MP3,
    MP4,
    PDF,
    SVG,
    archive,
    docx,
    odt,
    on_disk,
    picture,
    upload,
)

pytestmark = pytest.mark.usefixtures("media")

XLSX = archive("[Content_Types].xml", "xl/workbook.xml")
PPTX = archive("[Content_Types].xml", "ppt/presentation.xml")
SOUND: dict[str, tuple[bytes, str]] = {
    "a.jpg": (picture("JPEG"), "image/jpeg"),
    "a.JPEG": (picture("JPEG"), "image/jpeg"),
    "a.png": (picture("PNG"), "image/png"),
    "a.gif": (picture("GIF"), "image/gif"),
    "a.webp": (picture("WEBP"), "image/webp"),
    "a.heic": (b"\0\0\0\x18ftypheic\0\0\0\0mif1heic" + bytes(100), "image/heic"),
    "a.pdf": (PDF, "application/pdf"),
    "a.docx": (docx(), BY_EXTENSION[".docx"].media_type),
    "a.xlsx": (XLSX, BY_EXTENSION[".xlsx"].media_type),
    "a.pptx": (PPTX, BY_EXTENSION[".pptx"].media_type),
    "a.odt": (odt(), "application/vnd.oasis.opendocument.text"),
    "a.zip": (archive("any", "thing"), "application/zip"),
    "empty.zip.txt": (b"Not a zip.", "text/plain"),
    "a.txt": ("Grüße, 5 < 6\n\tand <b> later".encode(), "text/plain"),
    "a.csv": (b"name;email\r\nAnn;a@b.example\r\n", "text/csv"),
    "excel.csv": ("Muñoz;Ñu\r\n".encode("cp1252"), "text/csv"),
    "a.md": (b"# Title\n\nText", "text/markdown"),
    "a.mp3": (MP3, "audio/mpeg"),
    "b.mp3": (b"\xff\xfb\x90\x64" + bytes(200), "audio/mpeg"),
    "a.m4a": (b"\0\0\0\x18ftypM4A \0\0\0\0M4A isom" + bytes(100), "audio/mp4"),
    "a.wav": (b"RIFF\x24\0\0\0WAVEfmt " + bytes(100), "audio/wav"),
    "a.ogg": (b"OggS\0\x02" + bytes(100), "audio/ogg"),
    "a.mp4": (MP4, "video/mp4"),
    "a.mov": (b"\0\0\0\x14ftypqt  \0\0\0\0qt  " + bytes(100), "video/quicktime"),
    "a.webm": (b"\x1a\x45\xdf\xa3\x9fB\x86\x81\x01B\x82\x84webm" + bytes(50), "video/webm"),
}
# What each is taken for, and what it is.
PRETENDING: dict[str, tuple[str, bytes]] = {
    "a program as text": ("a.txt", EXE),
    "a program as a picture": ("a.png", EXE),
    "a program for Linux": ("a.pdf", ELF),
    "a script": ("a.txt", b"#!/bin/sh\nrm -rf /"),
    "a page as text": ("a.txt", HTML),
    "a page behind blanks and a mark": ("a.txt", b"\xef\xbb\xbf \n<sCript >alert(1)"),
    "a page as a table": ("a.csv", b"<html><body>"),
    "a page as a picture": ("a.gif", HTML),
    "a drawing that runs": ("a.png", SVG),
    "a drawing as text": ("a.txt", b"<?xml version='1.0'?>" + SVG),
    "php": ("a.md", b"<?php system('id');"),
    "a picture with a page inside": ("a.gif", b"GIF89a" + bytes(10) + HTML),
    "a document with a page inside": ("a.pdf", b"%PDF-1.4\n" + HTML),
    "a page with a document inside": ("a.pdf", HTML + PDF),
    "a picture that is an archive too": ("a.gif", picture("GIF") + archive("Main.class")),
    "a document that is an archive too": ("a.pdf", PDF + archive("Main.class")),
    "an archive behind a program": ("a.zip", EXE + archive("x")),
    "an archive that is no document": ("a.docx", archive("x")),
    "a table that is a document": ("a.docx", XLSX),
    "a document with macros": (
        "a.docx",
        archive("[Content_Types].xml", "word/document.xml", "word/vbaProject.bin"),
    ),
    "an archive that is no OpenDocument": ("a.odt", archive("mimetype", "content.xml")),
    "half an archive": ("a.zip", archive("x" * 100)[:-30]),
    "a GIF as a PNG": ("a.png", picture("GIF")),
    "text with bytes": ("a.txt", b"Hello \x01\x02\x00"),
    "text of two bytes a letter": ("a.txt", "Hello".encode("utf-16")),
    "the name of no type": ("README", b"text"),
    "a page": ("a.html", HTML),
    "a drawing": ("a.svg", SVG),
    "a program": ("a.exe", EXE),
    "two extensions": ("a.pdf.exe", PDF),
}


@pytest.fixture
def teacher(school: School) -> Client:
    return client_of(TEACHER)


def test_all_types_that_are_taken(teacher: Client) -> None:
    for name, (content, media_type) in SOUND.items():
        answer = upload(teacher, content, name)
        assert answer.status_code == 201, (name, answer.content)
        assert answer.json()["media_type"] == media_type, name


def test_every_type_of_the_table_is_tried() -> None:
    tried = {media_type for _, media_type in SOUND.values()}
    untried = {kind.media_type for kind in BY_EXTENSION.values()} - tried
    assert untried == {
        "application/vnd.oasis.opendocument.spreadsheet",
        "application/vnd.oasis.opendocument.presentation",
    }


def test_what_pretends_is_refused(teacher: Client) -> None:
    for what, (name, content) in PRETENDING.items():
        answer = upload(teacher, content, name)
        assert answer.status_code == 415, what
        assert_problem(answer, 415)
    assert on_disk() == []


def test_the_refusal_says_what_would_do(teacher: Client) -> None:
    told = assert_problem(upload(teacher, PDF, "a.pdf", purpose="avatar"), 415)["detail"]
    assert told == (
        ".pdf files are not taken as avatar. These are: .jpg, .jpeg, .png, .gif, .webp."
    )
    told = assert_problem(upload(teacher, HTML, "a.pdf"), 415)["detail"]
    assert told == "The content of this file is not that of a .pdf file."


@pytest.mark.parametrize(
    ("purpose", "name", "status"),
    [
        (Purpose.AVATAR, "a.png", 201),
        (Purpose.AVATAR, "a.txt", 415),
        (Purpose.IMPORT, "a.csv", 201),
        (Purpose.IMPORT, "a.xlsx", 201),
        (Purpose.IMPORT, "a.png", 415),
    ],
)
def test_each_purpose_takes_its_own(
    teacher: Client, purpose: Purpose, name: str, status: int
) -> None:
    assert upload(teacher, SOUND[name][0], name, purpose=purpose.value).status_code == status


def bomb_by_ratio() -> bytes:
    """60 MB of nothing in 60 KB."""
    return archive("zeros", content=bytes(60 * 2**20))


def bomb_by_size() -> bytes:
    """Entries that share their bytes: what the directory says adds up to 4 GB."""
    file = bytearray(archive(*(f"{number}" for number in range(40)), content=bytes(100)))
    place = file.find(b"PK\x01\x02")
    while place >= 0:
        file[place + 24 : place + 28] = struct.pack("<I", 100 * 2**20)
        place = file.find(b"PK\x01\x02", place + 4)
    return bytes(file)


def bomb_by_entries() -> bytes:
    """More entries than anyone reads."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as zipped:
        for number in range(6_000):
            zipped.writestr(str(number), b"")
    return made.getvalue()


@pytest.mark.parametrize("make", [bomb_by_ratio, bomb_by_size, bomb_by_entries])
@pytest.mark.parametrize("name", ["a.zip", "a.xlsx"])
def test_zip_bombs_are_refused_without_being_unpacked(
    teacher: Client, make: Any, name: str
) -> None:
    bomb = make()
    begin = time.monotonic()
    found = assert_problem(upload(teacher, bomb, name), 422)
    assert time.monotonic() - begin < 2
    assert [fault["loc"] for fault in found["errors"]] == [["body", "file"]]
    assert on_disk() == []


def test_an_archive_of_much_text_is_no_bomb(teacher: Client) -> None:
    lines = b"".join(b"%d;%d\n" % (n, n * 7919 % 104_729) for n in range(300_000))
    assert upload(teacher, archive("log", content=lines), "a.zip").status_code == 201
