"""Small pictures of images. What an image unpacks to is known only here, so it is met only here."""

import os
import tempfile
import warnings
from pathlib import Path
from typing import Final

from PIL import Image, ImageOps, UnidentifiedImageError

from core.files.events import FileUploaded
from core.files.models import File, Thumbnail
from core.files.storage import READABLE, path_of, thumbnail_of
from tasks.handler import Batch, on

SIDE: Final = 320  # pixels
# A picture in memory takes four bytes a pixel: 160 MB. Only JPEG is read at a smaller size.
MOST_PIXELS: Final = 40_000_000
FORMATS: Final = ("JPEG", "PNG", "GIF", "WEBP")
QUALITY: Final = 80

# All that Pillow raises for what is no sound picture.
BROKEN: Final = (
    UnidentifiedImageError,
    Image.DecompressionBombError,
    Image.DecompressionBombWarning,
    OSError,
    SyntaxError,
    ValueError,
    EOFError,
    IndexError,
)


@on(FileUploaded, batch=2)
def make_thumbnail(batch: Batch[FileUploaded]) -> None:
    """Make a small picture of an image; one that is broken or unpacks to too much has none."""
    files = File.objects.in_bulk([each.event.file_id for each in batch.claimed])
    for each in batch.claimed:
        file = files.get(each.event.file_id)
        if file is None or file.thumbnail == Thumbnail.NONE:
            batch.skip(each, "no image" if file else "the file was removed")
            continue
        File.objects.filter(pk=file.pk).update(thumbnail=_state_after(file))


def _state_after(file: File) -> Thumbnail:
    source = path_of(file.storage_name)
    if not source.exists():
        raise FileNotFoundError(f"The bytes of file {file.pk} are missing.")
    try:
        small = shrink(source)
    except BROKEN:
        return Thumbnail.REFUSED
    _write(small, thumbnail_of(file.storage_name))
    return Thumbnail.READY


def shrink(source: Path) -> Image.Image:
    """The image, upright, fitted into a square; raises one of BROKEN."""
    with warnings.catch_warnings():
        warnings.simplefilter("error", Image.DecompressionBombWarning)
        with Image.open(source, formats=FORMATS) as image:
            check_pixels(image)
            image.draft("RGB", (SIDE, SIDE))  # a JPEG is read at the next larger eighth
            image.thumbnail((SIDE, SIDE), reducing_gap=2.0)
            upright = ImageOps.exif_transpose(image)
            return upright.convert("RGBA" if upright.has_transparency_data else "RGB")


def check_pixels(image: Image.Image) -> None:
    """Refuse by the size that the image declares, before any of it is unpacked."""
    width, height = image.size
    if width * height > MOST_PIXELS:
        raise Image.DecompressionBombError(f"{width} x {height} pixels")


def _write(small: Image.Image, place: Path) -> None:
    """Put the picture in its place at once, so that nobody reads a half of it."""
    with tempfile.NamedTemporaryFile(dir=place.parent, suffix=".part", delete=False) as file:
        small.save(file, "WEBP", quality=QUALITY)
        file.flush()
        os.fchmod(file.fileno(), READABLE)
    Path(file.name).replace(place)
