"""The seam for areas whose things have files: attaching them, and finding those of a thing.

An area that has files
- takes them: `file_ids` in a body (`FileIds`), or `picked_files` in a page's view (forms.py);
- calls `attach_files` in the transaction of its own action;
- shows them: `files_of`, or `files_of_many` for a list (one query), told by `FileTold.of`;
- says in core/file_readers.py who may see its things, and so read their files.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Final

from django.db import transaction

from core.files.models import Attachment, File
from core.people.actor import Actor
from core.refusals import InvalidError

MOST: Final = 20  # files of one thing

NOT_YOURS: Final = "must be files of yours that are attached to nothing else"
TOO_MANY: Final = f"must be at most {MOST} files"


@transaction.atomic
def attach_files(file_ids: Iterable[int], *, subject: str, by: Actor) -> list[File]:
    """Attach one's own files to a thing, `homework:7`; those that it has already stay.

    Returns all files of the thing. Raises InvalidError, with the field `files`, for what is not the
    actor's own, is of another centre, was removed meanwhile or belongs to something else.
    """
    wanted = list(dict.fromkeys(file_ids))
    _check_count(len(wanted))
    locked = _lock(wanted, by)
    held = {file.pk for file in files_of(subject)}
    if not all(pk in held or (pk in locked and _is_free(locked[pk], by)) for pk in wanted):
        raise InvalidError("files", NOT_YOURS)
    new = [pk for pk in wanted if pk not in held]
    _check_count(len(held) + len(new))
    File.objects.filter(pk__in=new).update(attached=True)
    Attachment.objects.bulk_create(
        Attachment(centre_id=by.centre_id, file_id=pk, subject=subject) for pk in new
    )
    return files_of(subject)


@transaction.atomic
def set_files(file_ids: Iterable[int], *, subject: str, by: Actor) -> list[File]:
    """Have a thing these files and no others: what it had besides is detached."""
    wanted = set(ids := list(file_ids))
    detach_files([file.pk for file in files_of(subject) if file.pk not in wanted], subject=subject)
    return attach_files(ids, subject=subject, by=by)


@transaction.atomic
def detach_files(file_ids: Iterable[int], *, subject: str) -> None:
    """Take files off a thing; that somebody may do so is for its area to have checked.

    Attached to nothing, they are swept after a day.
    """
    ids = list(file_ids)
    held = Attachment.objects.filter(subject=subject, file_id__in=ids)
    files = File.objects.select_for_update().filter(attachment__in=held).order_by("pk")
    found = [file.pk for file in files]
    Attachment.objects.filter(subject=subject, file_id__in=found).delete()
    File.objects.filter(pk__in=found).update(attached=False)


def files_of(subject: str) -> list[File]:
    """The files of a thing in the order in which they were attached."""
    return files_of_many([subject])[subject]


def files_of_many(subjects: Sequence[str]) -> dict[str, list[File]]:
    """The files of each of the things; one query, and an empty list for those without."""
    found: dict[str, list[File]] = defaultdict(list, {subject: [] for subject in subjects})
    attached = Attachment.objects.filter(subject__in=subjects).select_related("file")
    for each in attached.order_by("subject", "id"):
        found[each.subject].append(each.file)
    return dict(found)


def _lock(ids: Sequence[int], by: Actor) -> dict[int, File]:
    """The files of the own centre, locked: no sweep takes them before this is committed."""
    files = File.objects.select_for_update().filter(pk__in=ids, centre_id=by.centre_id)
    return {file.pk: file for file in files.order_by("pk")}


def _is_free(file: File, by: Actor) -> bool:
    return file.owner_id == by.user_id and not file.attached


def _check_count(count: int) -> None:
    if count > MOST:
        raise InvalidError("files", TOO_MANY)
