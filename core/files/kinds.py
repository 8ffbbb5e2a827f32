"""TABLE: which types of files are taken, for what, and what their content must look like."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import BinaryIO, Final

from core.files import zips
from core.files.models import Purpose
from core.files.texts import is_text

ANYTHING: Final = frozenset({Purpose.ATTACHMENT})
PICTURE: Final = frozenset({Purpose.ATTACHMENT, Purpose.AVATAR})
TABLE: Final = frozenset({Purpose.ATTACHMENT, Purpose.IMPORT})

LARGEST: Final = {  # MB; settings.LARGEST_FILE is the limit for all
    Purpose.ATTACHMENT: 100,
    Purpose.AVATAR: 10,
    Purpose.IMPORT: 50,
}

Proof = Callable[[BinaryIO], bool]


@dataclass(frozen=True, slots=True)
class Kind:
    """A type of file.

    `signs` are the extensions of which puremagic must find one; none for text, which has no magic
    number. `proof` looks at what a magic number does not say. Only binary files can hide another
    one behind their end, or before their beginning.
    """

    media_type: str
    extensions: tuple[str, ...]
    proof: Proof
    signs: frozenset[str] = field(default_factory=frozenset)
    purposes: frozenset[Purpose] = ANYTHING
    is_zip: bool = False


def begins(*beginnings: bytes) -> Proof:
    """The file begins so; puremagic looks for some numbers farther in, too."""

    def proof(file: BinaryIO) -> bool:
        file.seek(0)
        return file.read(16).startswith(beginnings)

    return proof


def brand(*brands: bytes) -> Proof:
    """An ISO media file of one of these brands, by the first letters."""

    def proof(file: BinaryIO) -> bool:
        file.seek(0)
        head = file.read(12)
        return head[4:8] == b"ftyp" and head[8:12].startswith(brands)

    return proof


def riff(form: bytes) -> Proof:
    """A RIFF file of this form."""

    def proof(file: BinaryIO) -> bool:
        file.seek(0)
        head = file.read(12)
        return head[:4] == b"RIFF" and head[8:12] == form

    return proof


def binary(
    media_type: str, extensions: str, proof: Proof, purposes: frozenset[Purpose] = ANYTHING
) -> Kind:
    """A type with a magic number; `.jpg .jpeg`."""
    names = tuple(extensions.split())
    return Kind(media_type, names, proof, frozenset(names), purposes)


def office(
    media_type: str, extension: str, part: str, purposes: frozenset[Purpose] = ANYTHING
) -> Kind:
    """A document of Office Open XML: a ZIP archive that has this part, and no macros."""
    proof = zips.holds("[Content_Types].xml", part, never="vbaproject.bin")
    family = "application/vnd.openxmlformats-officedocument."
    return Kind(family + media_type, (extension,), proof, ZIP, is_zip=True, purposes=purposes)


def open_document(media_type: str, extension: str) -> Kind:
    """A document of OpenDocument: a ZIP archive that says so in its first entry."""
    name = f"application/vnd.oasis.opendocument.{media_type}"
    return Kind(name, (extension,), zips.declares(name), ZIP, is_zip=True)


def text(media_type: str, extensions: str, purposes: frozenset[Purpose] = ANYTHING) -> Kind:
    """A type that is read as it stands."""
    return Kind(media_type, tuple(extensions.split()), is_text, purposes=purposes)


ZIP: Final = frozenset({".zip", ".docx", ".xlsx", ".pptx", ".odt", ".ods", ".odp"})

KINDS: Final = (
    binary("image/jpeg", ".jpg .jpeg", begins(b"\xff\xd8\xff"), purposes=PICTURE),
    binary("image/png", ".png", begins(b"\x89PNG\r\n\x1a\n"), purposes=PICTURE),
    binary("image/gif", ".gif", begins(b"GIF87a", b"GIF89a"), purposes=PICTURE),
    binary("image/webp", ".webp", riff(b"WEBP"), purposes=PICTURE),
    binary("image/heic", ".heic .heif", brand(b"hei", b"hev", b"mif1", b"msf1")),
    binary("application/pdf", ".pdf", begins(b"%PDF-")),
    office("wordprocessingml.document", ".docx", "word/document.xml"),
    office("spreadsheetml.sheet", ".xlsx", "xl/workbook.xml", purposes=TABLE),
    office("presentationml.presentation", ".pptx", "ppt/presentation.xml"),
    open_document("text", ".odt"),
    open_document("spreadsheet", ".ods"),
    open_document("presentation", ".odp"),
    Kind("application/zip", (".zip",), zips.is_sound, ZIP, is_zip=True),
    text("text/plain", ".txt"),
    text("text/csv", ".csv", purposes=TABLE),
    text("text/markdown", ".md"),
    Kind("audio/mpeg", (".mp3",), begins(b"ID3", b"\xff"), frozenset({".mp3", ".mpga"})),
    Kind("audio/mp4", (".m4a",), brand(b"M4A", b"mp4", b"iso"), frozenset({".m4a", ".mp4"})),
    binary("audio/wav", ".wav", riff(b"WAVE")),
    Kind("audio/ogg", (".ogg", ".oga", ".opus"), begins(b"OggS"), frozenset({".ogg", ".opus"})),
    Kind("video/mp4", (".mp4",), brand(b"mp4", b"iso", b"M4V", b"avc1"), frozenset({".mp4"})),
    binary("video/quicktime", ".mov", brand(b"qt")),
    binary("video/webm", ".webm", begins(b"\x1a\x45\xdf\xa3")),
)

BY_EXTENSION: Final = {extension: kind for kind in KINDS for extension in kind.extensions}


def extensions_for(purpose: Purpose) -> list[str]:
    """What names may end in."""
    return [end for end, kind in BY_EXTENSION.items() if purpose in kind.purposes]
