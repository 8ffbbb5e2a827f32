"""Files over HTTP."""

from http import HTTPStatus
from typing import Annotated, Any, Final

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from ninja import File as FilePart
from ninja import Form, Router, Status
from ninja.files import UploadedFile

from core.files import actions, queries
from core.files.bodies import FileMore, FileTold
from core.files.models import Purpose
from core.files.serving import send_file, send_thumbnail
from core.http.answers import MEDIA_TYPE
from core.http.uploads import Upload
from core.people.acting import acting
from core.refusals import InvalidError

router = Router(tags=["files"])


def refusal(why: str) -> dict[str, Any]:
    """What the API's description says of a problem that only some operations answer with."""
    content = {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}}
    return {"description": why, "content": content}


def binary(media_type: str) -> dict[str, Any]:
    """What the API's description says of an operation that answers with bytes."""
    content = {media_type: {"schema": {"type": "string", "format": "binary"}}}
    return {
        "responses": {
            200: {"description": "The bytes", "content": content},
            206: {"description": "The part that `Range` asked for", "content": content},
            304: {"description": "Not changed since `If-None-Match`"},
            412: refusal("Not what `If-Match` names"),
            416: refusal("`Range` is beyond the end"),
        }
    }


PICTURE: Final = binary("image/webp")
BYTES: Final = binary("application/octet-stream")
HELD: Final = {"responses": {409: refusal("Too many of your files wait to be attached")}}


@router.post(
    "files",
    response={201: FileTold},
    operation_id="upload_file",
    summary="Upload a file",
    openapi_extra=HELD,
)
def upload_file(
    request: HttpRequest,
    file: Annotated[UploadedFile, FilePart(...)],
    purpose: Annotated[Purpose, Form()] = Purpose.ATTACHMENT,
) -> Status[FileTold]:
    """Keeps a file of up to 100 MB, of which the content must be what its name says (else 415).

    Attach it to something within a day, or it is removed.
    """
    if not isinstance(file, Upload):
        raise InvalidError("file", "must be a file")
    kept = actions.keep_upload(upload=file, purpose=purpose, by=acting(request))
    return Status(HTTPStatus.CREATED, FileTold.of(kept))


@router.get(
    "files/{int:file_id}", response=FileMore, operation_id="get_file", summary="About a file"
)
def get_file(request: HttpRequest, file_id: int) -> FileMore:
    """What is known of one's own file, or of a file that belongs to something one may see."""
    return FileMore.of(queries.get_file(file_id, by=acting(request)))


@router.delete(
    "files/{int:file_id}",
    response={204: None},
    operation_id="remove_file",
    summary="Remove a file",
)
def remove_file(request: HttpRequest, file_id: int) -> Status[None]:
    """Removes one's own file, as long as it is attached to nothing (else 409)."""
    actions.remove_file(file_id=file_id, by=acting(request))
    return Status(HTTPStatus.NO_CONTENT, None)


@router.get(
    "files/{int:file_id}/content",
    operation_id="get_file_content",
    summary="The content of a file",
    openapi_extra=BYTES,
)
def get_content(request: HttpRequest, file_id: int) -> HttpResponseBase:
    """The bytes as they were sent, to be saved; `Range` and `If-None-Match` are understood."""
    return send_file(request, queries.get_file(file_id, by=acting(request)))


@router.get(
    "files/{int:file_id}/thumbnail",
    operation_id="get_file_thumbnail",
    summary="The small picture of a file",
    openapi_extra=PICTURE,
)
def get_thumbnail(request: HttpRequest, file_id: int) -> HttpResponseBase:
    """A picture of up to 320 pixels; 404 while `thumbnail` of the file is not `ready`."""
    return send_thumbnail(request, queries.get_thumbnailed(file_id, by=acting(request)))
