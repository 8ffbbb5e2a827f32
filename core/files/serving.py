"""Sending bytes: in parts, never all of them in memory, and never as something that runs."""

from collections.abc import AsyncIterator, Iterator
from http import HTTPStatus
from pathlib import Path
from typing import BinaryIO, Final

from asgiref.sync import sync_to_async
from django.conf import settings
from django.core.handlers.asgi import ASGIRequest
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.utils.cache import get_conditional_response
from django.utils.http import content_disposition_header

from core.files.models import File
from core.files.ranges import Part, UnsatisfiableError, part_of
from core.files.storage import SMALL, path_of, root, thumbnail_of
from core.http.answers import problem
from core.http.heads import wants_head
from core.refusals import NotFoundError

CHUNK: Final = 2**18  # bytes in memory per download; fewer, and the hops between threads count
SAFE: Final = {
    "X-Content-Type-Options": "nosniff",
    "Content-Security-Policy": "sandbox; default-src 'none'",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cache-Control": "private, no-cache",  # kept by the browser, asked for each time
    "Vary": "Cookie, Authorization, X-Centre",
}
RANGES: Final = {"Accept-Ranges": "bytes"}  # nginx says it by itself
KEPT_UNCHANGED: Final = ("ETag", "Cache-Control", "Vary")
GONE: Final = "The content of this file is missing."


def send_file(request: HttpRequest, file: File) -> HttpResponseBase:
    """The content of a file, to be saved and not to be shown."""
    headers = _headers(file.name, file.media_type, f'"{file.sha256}"')
    return _send(request, path_of(file.storage_name), headers)


def send_bytes(
    request: HttpRequest, path: Path, *, name: str, media_type: str, sha256: str
) -> HttpResponseBase:
    """What lies in the media directory and is no File, to be saved and not to be shown."""
    return _send(request, path, _headers(name, media_type, f'"{sha256}"'))


def send_thumbnail(request: HttpRequest, file: File) -> HttpResponseBase:
    """The small picture of a file."""
    headers = _headers(file.name + SMALL, "image/webp", f'"{file.sha256}-small"')
    return _send(request, thumbnail_of(file.storage_name), headers)


def show_page(request: HttpRequest, path: Path, *, sha256: str, policy: str) -> HttpResponseBase:
    """A page that was made of data, for a frame of ours: `policy` says what it may do there."""
    shown = {"Content-Type": "text/html; charset=utf-8", "ETag": f'"{sha256}-shown"'}
    answer = _send(request, path, SAFE | shown)
    answer.headers["Content-Security-Policy"] = policy  # also where it is unchanged
    return answer


def _headers(name: str, media_type: str, etag: str) -> dict[str, str]:
    disposition = content_disposition_header(as_attachment=True, filename=name)
    named = {"Content-Type": media_type, "ETag": etag, "Content-Disposition": disposition or ""}
    return SAFE | named


def _send(request: HttpRequest, path: Path, headers: dict[str, str]) -> HttpResponseBase:
    unchanged = get_conditional_response(request, etag=headers["ETag"])
    if unchanged is not None:
        for name in KEPT_UNCHANGED:
            unchanged.headers[name] = headers[name]
        return unchanged
    try:
        size = path.stat().st_size
    except FileNotFoundError:
        raise NotFoundError(GONE) from None
    if settings.X_ACCEL_REDIRECT:
        place = path.relative_to(root()).as_posix()
        return HttpResponse(
            headers=headers | {"X-Accel-Redirect": f"{settings.X_ACCEL_REDIRECT}/{place}"}
        )
    return _answer(request, path, size, headers | RANGES)


def _answer(
    request: HttpRequest, path: Path, size: int, headers: dict[str, str]
) -> HttpResponseBase:
    try:
        part = part_of(_range_of(request, headers["ETag"]), size)
    except UnsatisfiableError:
        refused = problem(request, HTTPStatus.REQUESTED_RANGE_NOT_SATISFIABLE)
        refused.headers["Content-Range"] = f"bytes */{size}"
        return refused
    sent = part or Part(0, size)
    headers = headers | {"Content-Length": str(sent.length)}
    if part is not None:
        headers |= {"Content-Range": part.header(size)}
    status = HTTPStatus.OK if part is None else HTTPStatus.PARTIAL_CONTENT
    if wants_head(request):
        return HttpResponse(status=status, headers=headers)
    content = Bytes(path, sent)
    parts = AsyncBytes(content) if isinstance(request, ASGIRequest) else content
    return StreamingHttpResponse(parts, status=status, headers=headers)


def _range_of(request: HttpRequest, etag: str) -> str:
    """The `Range` header, where it counts: `If-Range` may say that the file must be the same."""
    condition = request.headers.get("If-Range", etag)
    return request.headers.get("Range", "") if condition == etag else ""


class Bytes:
    """A part of a file, read bit by bit; Django closes it with the answer."""

    def __init__(self, path: Path, part: Part) -> None:
        self._path = path
        self._part = part
        self._left = part.length
        self._file: BinaryIO | None = None

    def __iter__(self) -> Iterator[bytes]:
        while part := self.read():
            yield part

    def read(self) -> bytes:
        """The next bit; empty at the end."""
        if self._file is None:
            self._file = self._path.open("rb")
            self._file.seek(self._part.first)
        bit = self._file.read(min(CHUNK, self._left))
        self._left -= len(bit)
        return bit

    def close(self) -> None:
        """Close the file, if it was opened."""
        if self._file is not None:
            self._file.close()


class AsyncBytes:
    """The same for ASGI, where Django reads any other iterator to its end before it sends."""

    def __init__(self, content: Bytes) -> None:
        self._read = sync_to_async(content.read, thread_sensitive=False)
        self.close = content.close

    async def __aiter__(self) -> AsyncIterator[bytes]:
        while part := await self._read():
            yield part
