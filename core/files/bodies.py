"""What is sent and told of files."""

from datetime import datetime
from typing import Annotated, Self

from pydantic import AfterValidator, Field

from core.files.attachments import MOST
from core.files.models import File, Purpose, Thumbnail
from core.http.bodies import Id, Told, id_from


def a_file_id(text: str) -> str:
    """Refuse what cannot be the id of a file."""
    if id_from(text) is None:
        raise ValueError("must be the id of a file")
    return text


# For bodies of other areas: `files: FileIds = ()`, then `attach_files(map(int, given.files), …)`.
FileId = Annotated[str, AfterValidator(a_file_id)]
FileIds = Annotated[tuple[FileId, ...], Field(max_length=MOST)]


class FileTold(Told):
    """A file."""

    id: Id
    name: str
    size: Annotated[int, Field(description="bytes")]
    media_type: str
    sha256: str

    @classmethod
    def of(cls, file: File) -> Self:
        """The file in words."""
        return cls(**_told(file))


class FileMore(FileTold):
    """A file with all that is known of it."""

    purpose: Purpose
    created_at: datetime
    attached: Annotated[bool, Field(description="whether it belongs to something")]
    thumbnail: Thumbnail

    @classmethod
    def of(cls, file: File) -> Self:
        return cls(
            **_told(file),
            purpose=Purpose(file.purpose),
            created_at=file.created_at,
            attached=file.attached,
            thumbnail=Thumbnail(file.thumbnail),
        )


def _told(file: File) -> dict[str, str | int]:
    return {
        "id": str(file.pk),
        "name": file.name,
        "size": file.size,
        "media_type": file.media_type,
        "sha256": file.sha256,
    }
