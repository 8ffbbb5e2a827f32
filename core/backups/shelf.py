"""Where backups stand: a folder each, under its last name only when it is whole.

BACKUP_DIR/backup_20261121_013000_123/
    backup_20261121.dump      custom format, for pg_restore
    backup_20261121.sql.gz    the same as plain SQL, for psql
    media.list                each file: SHA-256, size, time, path
    manifest.json             sizes and SHA-256 of those three, rows by table
BACKUP_DIR/media/             the bytes of all files of all backups (store.py)
"""

import json
import shutil
from collections.abc import Collection
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import Final

from pydantic import TypeAdapter, ValidationError

from core.backups.direct import Shape
from core.backups.faults import BackupError
from core.backups.store import Store, sha256_of
from core.files.storage import sync

FORMAT: Final = 1
PREFIX: Final = "backup_"
UNFINISHED: Final = ".unfinished"
GONE: Final = ".gone"
LATEST: Final = "latest"
LIST: Final = "media.list"
MANIFEST: Final = "manifest.json"


@dataclass(frozen=True, slots=True)
class Part:
    """A file of a backup's folder; `size` in bytes."""

    size: int
    sha256: str


@dataclass(frozen=True, slots=True)
class Media:
    """The files of the portal in a backup; `missing`: named by the database, not on the disk."""

    files: int
    size: int
    missing: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Manifest:
    """What a backup holds."""

    format: int
    taken_at: datetime  # the moment that the dump shows
    database: str
    parts: dict[str, Part]  # by the file's name
    media: Media
    shape: Shape


@dataclass(frozen=True, slots=True)
class Folder:
    """One backup on the disk."""

    path: Path

    @property
    def name(self) -> str:
        """The backup's name."""
        return self.path.name.removesuffix(UNFINISHED)

    @property
    def dump(self) -> Path:
        """The database in custom format."""
        return self.path / f"{self._day}.dump"

    @property
    def plain(self) -> Path:
        """The database as SQL, compressed."""
        return self.path / f"{self._day}.sql.gz"

    @property
    def media_list(self) -> Path:
        """The list of files."""
        return self.path / LIST

    @property
    def store(self) -> Store:
        """The bytes of the files, beside the backups."""
        return Store(self.path.parent / "media")

    @property
    def parts(self) -> tuple[Path, ...]:
        """What the manifest vouches for."""
        return (self.dump, self.plain, self.media_list)

    @property
    def size(self) -> int:
        """Bytes of the folder."""
        return sum(path.stat().st_size for path in (*self.parts, self.path / MANIFEST))

    @property
    def sha256(self) -> str:
        """The SHA-256 of the manifest, which has all others."""
        return sha256_of(self.path / MANIFEST)

    @property
    def _day(self) -> str:
        return self.name[: len(PREFIX) + 8]

    def manifest(self) -> Manifest:
        """What it holds; BackupError when that cannot be read."""
        try:
            text = (self.path / MANIFEST).read_text()
            manifest = TypeAdapter(Manifest).validate_json(text)
        except (OSError, ValueError, ValidationError) as error:
            message = f"{self.name} has no manifest that can be read: it is not whole."
            raise BackupError(message) from error
        if manifest.format != FORMAT:
            raise BackupError(f"{self.name} was made by another Schoolbell (format).")
        return manifest

    def write_manifest(self, manifest: Manifest) -> None:
        """The last thing to be written."""
        text = json.dumps(asdict(manifest), indent=1, default=datetime.isoformat)
        (self.path / MANIFEST).write_text(text + "\n")


class Shelf:
    """The folder of all backups."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def begin(self, name: str) -> Folder:
        """An empty folder for a new one; what earlier ones have left unfinished goes."""
        self.root.mkdir(mode=0o700, parents=True, exist_ok=True)
        for left in (*self.root.glob(f"*{UNFINISHED}"), *self.root.glob(f"*{GONE}")):
            shutil.rmtree(left)
        path = self.root / (name + UNFINISHED)
        path.mkdir(mode=0o700)
        return Folder(path)

    def settle(self, folder: Folder) -> Folder:
        """Give a whole one its name; it has it, crash or not, when this returns."""
        for path in (*folder.parts, folder.path / MANIFEST, folder.path):
            sync(path)
        folder.store.settle()
        path = self.root / folder.name
        folder.path.rename(path)
        sync(self.root)
        return Folder(path)

    def give_up(self, name: str) -> None:
        """Remove what there is of one that came to nothing."""
        shutil.rmtree(self.root / (name + UNFINISHED), ignore_errors=True)

    def folders(self) -> list[Folder]:
        """All whole ones, the oldest first."""
        found = self.root.glob(f"{PREFIX}*/{MANIFEST}")
        names = sorted(path.parent.name for path in found if "." not in path.parent.name)
        return [Folder(self.root / name) for name in names]

    def find(self, wanted: str) -> Folder:
        """One by its name, by its path wherever it is, or the `latest`; BackupError otherwise."""
        if wanted == LATEST and (folders := self.folders()):
            return folders[-1]
        path = self.root / wanted  # an absolute one stays as it is
        if not (path / MANIFEST).is_file():
            raise BackupError(f"There is no backup {wanted} in {self.root}.")
        return Folder(path.resolve())

    def prune(self, *, keep: int, damaged: Collection[str]) -> list[str]:
        """Remove all that are older than the newest `keep` good ones; returns their names."""
        folders = self.folders()
        good = [folder.name for folder in folders if folder.name not in damaged][-keep:]
        old = [folder for folder in folders if good and folder.name < good[0]]
        for folder in old:  # renamed first: a half removed one must not look whole
            gone = folder.path.rename(folder.path.with_name(folder.name + GONE))
            shutil.rmtree(gone)
        return [folder.name for folder in old]


def name_at(moment: datetime) -> str:
    """The name of a backup that begins at a moment, in UTC."""
    return f"{PREFIX}{moment:%Y%m%d_%H%M%S}_{moment.microsecond // 1000:03d}"
