"""Looking a backup through: whether all of it is there, and is what it was."""

import gzip
import re
import zlib
from typing import Final

from core.backups.direct import Shape
from core.backups.faults import BackupError
from core.backups.programs import CHUNK, Tick, output_of, program
from core.backups.shelf import Folder, Manifest, Part
from core.backups.store import read_lines, sha256_of

DATA: Final = re.compile(r"^\d+; \d+ \d+ TABLE DATA public (\S+) ", re.MULTILINE)
END: Final = b"PostgreSQL database dump complete"  # pg_restore writes it last


def check_backup(folder: Folder, tick: Tick, *, read_files: bool = False) -> Manifest:
    """Look all of it through; with `read_files` also the bytes of each file, which takes long.

    Raises BackupError for what is missing or damaged.
    """
    manifest = folder.manifest()
    for path in folder.parts:
        tick()
        part = manifest.parts.get(path.name)
        if not path.is_file() or part != Part(path.stat().st_size, sha256_of(path)):
            raise BackupError(f"{folder.name} is damaged: {path.name} is not what it was.")
    check_database(folder, manifest.shape, tick)
    for line in read_lines(folder.media_list):
        tick()
        if not folder.store.is_whole(line, read=read_files):
            raise BackupError(f"{folder.name} is damaged: the file {line.path} is not what it was.")
    return manifest


def check_database(folder: Folder, shape: Shape, tick: Tick) -> None:
    """Whether both dumps can be read to their end, and have every table's rows."""
    tick()
    listed = b"".join(output_of(program("pg_restore"), "--list", str(folder.dump))).decode()
    if lacking := shape.rows.keys() - set(DATA.findall(listed)):
        raise BackupError(f"{folder.dump.name} lacks tables: {', '.join(sorted(lacking))}.")
    last = b""
    try:
        with gzip.open(folder.plain) as plain:
            while piece := plain.read(CHUNK):
                tick()
                last = last[-CHUNK:] + piece
    except (OSError, EOFError, zlib.error) as error:
        raise BackupError(f"{folder.plain.name} cannot be read to its end.") from error
    if END not in last:
        raise BackupError(f"{folder.plain.name} is cut off.")
