"""Files to upload: sound ones, and those that pretend."""

import io
import struct
import zipfile
import zlib
from pathlib import Path
from typing import Any, Final

from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from PIL import Image

from core.files.actions import keep_upload
from core.files.attachments import attach_files
from core.files.models import File
from core.http.uploads import StreamToDisk
from core.people.actor import Actor

URL: Final = "/api/files"
PDF: Final = b"%PDF-1.7\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"
MP3: Final = b"ID3\x03" + bytes(200)
MP4: Final = b"\0\0\0\x18ftypmp42\0\0\0\0mp42isom" + bytes(100)
HTML: Final = b"<!DOCTYPE html><html><script>alert(1)</script></html>"
SVG: Final = b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>"
EXE: Final = b"MZ\x90\0\x03\0\0\0\x04\0\0\0\xff\xff\0\0" + bytes(200)
ELF: Final = b"\x7fELF\x02\x01\x01" + bytes(200)


def picture(form: str = "PNG", size: tuple[int, int] = (640, 400), **options: Any) -> bytes:
    """A picture, half of it red and half blue."""
    made = Image.new("RGB", size, "red")
    made.paste("blue", (size[0] // 2, 0, *size))
    file = io.BytesIO()
    made.save(file, form, **options)
    return file.getvalue()


def archive(
    *names: str, content: bytes = b"<x/>", stored: tuple[str, bytes] | None = None
) -> bytes:
    """A ZIP archive with these entries."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as made:
        if stored:
            made.writestr(*stored, compress_type=zipfile.ZIP_STORED)
        for name in names:
            made.writestr(name, content)
    return file.getvalue()


def docx() -> bytes:
    return archive("[Content_Types].xml", "_rels/.rels", "word/document.xml")


def odt() -> bytes:
    declared = b"application/vnd.oasis.opendocument.text"
    return archive("content.xml", stored=("mimetype", declared))


def pixel_bomb(side: int = 50_000) -> bytes:
    """A PNG of a few hundred bytes that says it has 2,500 million pixels."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        check = struct.pack(">I", zlib.crc32(kind + data))
        return struct.pack(">I", len(data)) + kind + data + check

    header = struct.pack(">IIBBBBB", side, side, 8, 2, 0, 0, 0)
    data = zlib.compress(bytes(100_000))
    return (
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", data) + chunk(b"IEND", b"")
    )


def upload(client: Client, content: bytes, name: str = "notes.pdf", **fields: str) -> Any:
    """The answer to an upload; headers by `headers`."""
    key = {"Idempotency-Key": fields.pop("key")} if "key" in fields else {}
    file = SimpleUploadedFile(name, content, "application/octet-stream")
    return client.post(URL, {**fields, "file": file}, headers=key)


def kept(by: Actor, content: bytes = PDF, name: str = "notes.pdf", subject: str = "") -> File:
    """A file that somebody has given already."""
    handler = StreamToDisk()
    handler.new_file("file", name, "", None)
    handler.receive_data_chunk(content, 0)
    with handler.file_complete(len(content)) as sent:
        file = keep_upload(upload=sent, by=by)
    if subject:
        attach_files([file.pk], subject=subject, by=by)
    return file


def on_disk() -> list[str]:
    """All files of the media directory."""
    root = Path(settings.MEDIA_ROOT)
    return sorted(path.relative_to(root).as_posix() for path in root.rglob("*") if path.is_file())
