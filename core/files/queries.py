"""All that reads files and decides who may."""

from collections.abc import Callable, Mapping
from functools import cache

from django.conf import settings
from django.utils.module_loading import import_string

from core.files.models import Attachment, File, Thumbnail
from core.people.actor import Actor
from core.refusals import NotFoundError

Reader = Callable[[str, Actor], bool]  # the thing's id, who asks: may they see the thing?


def get_file(file_id: int, *, by: Actor) -> File:
    """A file that the actor may read; NotFoundError for any other, of whatever centre."""
    files = File.objects.select_related("attachment")
    file = files.filter(pk=file_id, centre_id=by.centre_id).first()
    if file is None or not may_read(file, by):
        raise NotFoundError("There is no such file.")
    return file


def get_thumbnailed(file_id: int, *, by: Actor) -> File:
    """The same, of those that have a small picture."""
    file = get_file(file_id, by=by)
    if file.thumbnail != Thumbnail.READY:
        raise NotFoundError("There is no thumbnail of this file.")
    return file


def may_read(file: File, by: Actor) -> bool:
    """Whether it is the actor's own, or belongs to a thing that they may see."""
    if file.owner_id == by.user_id:
        return True
    return file.attached and may_see(subject_of(file), by)


def may_see(subject: str, by: Actor) -> bool:
    """Whether the actor may see a thing, `homework:7`; nobody sees what no area answers for."""
    kind, _, ident = subject.partition(":")
    reader = readers().get(kind)
    return reader is not None and reader(ident, by)


def subject_of(file: File) -> str:
    """What the file is attached to; '' for nothing."""
    try:
        return file.attachment.subject
    except Attachment.DoesNotExist:
        return ""


def readers() -> Mapping[str, Reader]:
    """The table that settings name, so that files need not import what they are attached to."""
    return _readers_at(settings.FILE_READERS)


@cache
def _readers_at(path: str) -> Mapping[str, Reader]:
    table: Mapping[str, Reader] = import_string(path)
    return table
