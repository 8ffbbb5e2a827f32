"""Files that come with a form: written to the disk as they are read, hashed and counted."""

import hashlib
import tempfile
from pathlib import Path
from typing import Any, Final

from django.conf import settings
from django.core.exceptions import RequestDataTooBig, TooManyFieldsSent, TooManyFilesSent
from django.core.files.uploadedfile import UploadedFile
from django.core.files.uploadhandler import FileUploadHandler
from django.http import HttpRequest, UnreadablePostError
from django.http.multipartparser import MultiPartParserError

from core.refusals import TooLargeError

# What reading a form may end in, beside a fault of ours.
UNREADABLE: Final = (
    TooLargeError,
    RequestDataTooBig,
    TooManyFieldsSent,
    TooManyFilesSent,
    UnreadablePostError,
    MultiPartParserError,
)


class Upload(UploadedFile):  # type: ignore[type-arg]  # generic in the stubs alone
    """A file that was sent, in a place of its own; gone when the request is over."""

    sha256: str
    path: Path  # where its bytes are until then


class StreamToDisk(FileUploadHandler):
    """Writes each file beside those that are kept, so that keeping it moves no bytes.

    One of settings.FILE_UPLOAD_HANDLERS, and the only one: no upload is ever held in memory.
    """

    file: Any = None

    def new_file(self, *args: Any, **kwargs: Any) -> None:
        super().new_file(*args, **kwargs)
        folder = incoming()
        folder.mkdir(mode=0o750, parents=True, exist_ok=True)
        self.file = tempfile.NamedTemporaryFile(dir=folder)  # noqa: SIM115 - closed by request
        self._hash = hashlib.sha256()
        self._count = 0

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:
        self._count += len(raw_data)
        if self._count > settings.LARGEST_FILE:
            raise TooLargeError(largest_file())
        self._hash.update(raw_data)
        self.file.write(raw_data)

    def file_complete(self, file_size: int) -> Upload:
        self.file.seek(0)  # and so writes out what is left in its buffer
        upload = Upload(self.file, self.file_name, self.content_type, self._count, self.charset)
        upload.path = Path(self.file.name)
        upload.sha256 = self._hash.hexdigest()
        self.file = None  # the request closes it
        return upload

    def upload_interrupted(self) -> None:
        """Remove what came of a file that did not come to its end."""
        if self.file is not None:
            self.file.close()


def incoming() -> Path:
    """The folder of what is being sent."""
    return Path(settings.MEDIA_ROOT) / "incoming"


def uploads_of(request: HttpRequest) -> list[tuple[str, Upload]]:
    """Every file of a form with the field that it came in."""
    found = [(field, each) for field, files in request.FILES.lists() for each in files]
    return [(field, each) for field, each in found if isinstance(each, Upload)]


def close_unfinished(request: HttpRequest) -> None:
    """Remove the file in whose middle a form could not be read on; Django does not tell of it."""
    for handler in request.upload_handlers:
        handler.upload_interrupted()


def largest_file(size: int = 0) -> str:
    """The limit, in words: so many bytes, or those that count for all files."""
    return f"A file may have up to {(size or settings.LARGEST_FILE) // 2**20} MB."
