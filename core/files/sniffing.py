"""What a file really is: its content decides, and its name must agree."""

from pathlib import Path
from typing import BinaryIO, Final

import puremagic

from core.files import zips
from core.files.kinds import BY_EXTENSION, Kind, extensions_for
from core.files.models import Purpose
from core.files.names import extension_of
from core.files.texts import hides_markup
from core.refusals import InvalidError, WrongTypeError

HEAD: Final = 2**12  # bytes in which a page behind a magic number is looked for


def kind_of(path: Path, name: str, purpose: Purpose) -> Kind:
    """The kind of a file that is taken for a purpose.

    Raises WrongTypeError for what is not taken, or is not what its name says, and InvalidError for
    an archive that unpacks to too much.
    """
    extension = extension_of(name).lower()
    kind = BY_EXTENSION.get(extension)
    if kind is None or purpose not in kind.purposes:
        raise WrongTypeError(_not_taken(extension, purpose))
    with path.open("rb") as file:
        if not _is_what_it_says(file, kind):
            raise WrongTypeError(f"The content of this file is not that of a {extension} file.")
    return kind


def _not_taken(extension: str, purpose: Purpose) -> str:
    taken = ", ".join(extensions_for(purpose))
    what = f"{extension} files" if extension else "Files without an extension in their name"
    return f"{what} are not taken as {purpose.value}. These are: {taken}."


def _is_what_it_says(file: BinaryIO, kind: Kind) -> bool:
    try:
        is_so = kind.proof(file)
    except zips.BombError:
        raise InvalidError("file", "must not unpack to so much") from None
    if not is_so or not kind.signs:
        return is_so
    return bool(kind.signs & _signs_in(file)) and not _hides_another(file, kind)


def _signs_in(file: BinaryIO) -> set[str]:
    """The extensions of all the types whose magic numbers are there."""
    file.seek(0)
    try:
        found = puremagic.magic_stream(file)
    except puremagic.PureError:
        return set()
    return {each.extension for each in found}


def _hides_another(file: BinaryIO, kind: Kind) -> bool:
    """Whether it is two files at once: a picture that is an archive, a document that is a page."""
    if kind.is_zip:
        return False
    file.seek(0)
    return hides_markup(file.read(HEAD)) or zips.has_directory(file)
