"""All that changes files: an upload is checked, then on the disk, and then known."""

from typing import Final

from django.conf import settings
from django.db import transaction
from django.db.models import Sum

from core import clock
from core.events.publish import publish
from core.files import storage
from core.files.events import FileRemoved, FileUploaded
from core.files.kinds import LARGEST, Kind
from core.files.models import File, Purpose, Thumbnail
from core.files.names import tidy
from core.files.sniffing import kind_of
from core.http.uploads import Upload, largest_file
from core.people.actor import Actor
from core.refusals import ConflictError, InvalidError, NotFoundError, TooLargeError

# What a person may have given without attaching it to anything. It is swept after a day.
MOST_WAITING: Final = 2**30  # bytes
DRAWABLE: Final = frozenset({"image/jpeg", "image/png", "image/gif", "image/webp"})


def keep_upload(*, upload: Upload, by: Actor, purpose: Purpose = Purpose.ATTACHMENT) -> File:
    """Check an uploaded file and keep it, attached to nothing yet.

    Raises InvalidError, TooLargeError or WrongTypeError. The bytes have their place on the disk
    before the row says so: a crash in between leaves bytes without a row, which are swept.
    """
    name = tidy(upload.name or "")
    kind = _checked(upload, name, purpose, by)
    file = File(
        centre_id=by.centre_id,
        owner_id=by.user_id,
        purpose=purpose,
        name=name,
        size=upload.size or 0,
        media_type=kind.media_type,
        sha256=upload.sha256,
        storage_name=storage.new_name(),
        created_at=clock.now(),
        thumbnail=Thumbnail.PENDING if kind.media_type in DRAWABLE else Thumbnail.NONE,
    )
    try:
        storage.keep(upload.path, file.storage_name)
        _write_down(file)
    except BaseException:
        storage.drop(file.storage_name)
        raise
    return file


@transaction.atomic
def remove_file(*, file_id: int, by: Actor) -> None:
    """Take one's own file back; ConflictError while it is attached to something."""
    mine = File.objects.filter(centre_id=by.centre_id, owner_id=by.user_id)
    file = mine.select_for_update().filter(pk=file_id).first()
    if file is None:
        raise NotFoundError("There is no such file.")
    if file.attached:
        raise ConflictError("The file is attached to something. Remove it there.")
    forget(file)


def forget(file: File) -> None:
    """Delete a file's row, and have its bytes removed once that is committed."""
    removed = FileRemoved(centre_id=file.centre_id, file_id=file.pk, storage_name=file.storage_name)
    file.delete()
    publish(removed)


def _checked(upload: Upload, name: str, purpose: Purpose, by: Actor) -> Kind:
    if not name:
        raise InvalidError("file", "must have a name")
    if not upload.size:
        raise InvalidError("file", "must not be empty")
    largest = min(LARGEST[purpose] * 2**20, settings.LARGEST_FILE)
    if upload.size > largest:
        raise TooLargeError(largest_file(largest))
    kind = kind_of(upload.path, name, purpose)
    waiting = File.objects.filter(owner_id=by.user_id, centre_id=by.centre_id, attached=False)
    held = waiting.aggregate(held=Sum("size"))["held"] or 0
    if held + upload.size > MOST_WAITING:
        raise ConflictError("Too many of your files wait to be attached. Attach or remove some.")
    return kind


@transaction.atomic
def _write_down(file: File) -> None:
    file.save(force_insert=True)
    publish(FileUploaded(centre_id=file.centre_id, file_id=file.pk))
