"""The files of a page's form, with the picker's script and without."""

from django.http import HttpRequest

from core.files.actions import keep_upload
from core.files.models import File, Purpose
from core.http.bodies import id_from
from core.http.uploads import uploads_of
from core.people.actor import Actor

PICKED = "files"  # hidden fields: ids of what the script has uploaded
SENT = "uploads"  # the plain file input: what a browser without the script sends along


def picked_files(
    request: HttpRequest, *, by: Actor, purpose: Purpose = Purpose.ATTACHMENT
) -> list[int]:
    """The ids of all files of a sent form; those that came with it are kept first.

    To be called when the rest of the form is valid, and its result given to `attach_files`. Raises
    InvalidError, TooLargeError or WrongTypeError, whose text belongs to the field `files`.
    """
    ids = [id_from(text) for text in request.POST.getlist(PICKED)]
    sent = [upload for field, upload in uploads_of(request) if field == SENT]
    kept = [keep_upload(upload=each, purpose=purpose, by=by).pk for each in sent]
    return [*(each or 0 for each in ids), *kept]  # 0 is no file's, and so refused as such


def shown_again(request: HttpRequest, *, by: Actor) -> list[File]:
    """What was picked already, for a form that is shown again with its errors."""
    ids = [id_from(text) for text in request.POST.getlist(PICKED)]
    mine = File.objects.filter(owner_id=by.user_id, centre_id=by.centre_id)
    return list(mine.filter(pk__in=[each for each in ids if each]).order_by("pk"))
