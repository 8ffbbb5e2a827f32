"""The data of a report: what its queries found at one moment, in files beside the report."""

import csv
import hashlib
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from operator import itemgetter
from pathlib import Path
from typing import Any, Final, Self

from django.db import connection, transaction
from django.db.backends.utils import CursorWrapper

from core.reports.content import Row
from core.reports.kind import Kind, Setting

SUFFIX: Final = ".csv"
# Everything is read as it was at one moment, and the transaction is over before anything is made.
ONE_MOMENT: Final = "SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY"

# Reports go through whole classes. Where PostgreSQL has not counted yet what somebody has just
# brought in, it takes the rows of each part for one, and loops: minutes instead of a second. So it
# hashes, and in memory: to sort rows, or to do it on disk, takes longer. What is switched off
# counts as so dear that PostgreSQL would compile the query first.
USUAL: Final = ("enable_nestloop", "enable_mergejoin", "jit")
STEADY: Final = "; ".join(
    ["SET LOCAL work_mem = '64MB'", *(f"SET LOCAL {name} = off" for name in USUAL)]
)
AS_BEFORE: Final = "; ".join(f"SET LOCAL {name} TO DEFAULT" for name in ("work_mem", *USUAL))


@dataclass(frozen=True, slots=True)
class Read:
    """What a query found: how many rows, and the SHA-256 of all of them."""

    rows: int
    sha256: str


@dataclass(frozen=True, slots=True)
class Snapshot:
    """The files of a snapshot; a `Data` of core/reports/kind.py."""

    folder: Path
    read_at: datetime
    queries: Mapping[str, Read]

    @classmethod
    def from_json(cls, folder: Path, kept: Mapping[str, Any]) -> Self:
        """The snapshot that `as_json` described."""
        queries = {name: Read(**read) for name, read in kept["queries"].items()}
        return cls(folder, datetime.fromisoformat(kept["read_at"]), queries)

    def as_json(self) -> dict[str, Any]:
        """What is kept of it in the database."""
        queries = {n: {"rows": r.rows, "sha256": r.sha256} for n, r in self.queries.items()}
        return {"read_at": self.read_at.isoformat(), "queries": queries}

    @property
    def sha256(self) -> str:
        """Of all that was read; equal for equal data, whenever it was read."""
        return digest_of(self.queries)

    def columns(self, query: str) -> tuple[str, ...]:
        """The names of a query's columns."""
        with _reader(self.folder, query) as lines:
            return tuple(next(lines))

    def count(self, query: str) -> int:
        """How many rows it found."""
        return self.queries[query].rows

    def rows(self, query: str, *names: str) -> Iterable[Row]:
        """Its rows, any number of times; only these columns if any are named."""
        return Rows(self.folder, query, names)

    def records(self, query: str) -> list[dict[str, str]]:
        """All its rows by column name, for small queries."""
        names = self.columns(query)
        return [dict(zip(names, row, strict=True)) for row in self.rows(query)]


@dataclass(frozen=True, slots=True)
class Rows:
    """The rows of a file, read anew each time."""

    folder: Path
    query: str
    names: tuple[str, ...]

    def __iter__(self) -> Iterator[Row]:
        with _reader(self.folder, self.query) as lines:
            header = next(lines)
            if not self.names or self.names == tuple(header):
                yield from map(tuple, lines)
            elif len(self.names) == 1:
                at = header.index(self.names[0])
                yield from ((line[at],) for line in lines)
            else:
                yield from map(itemgetter(*map(header.index, self.names)), lines)


def take_snapshot(kind: Kind, setting: Setting, folder: Path) -> Snapshot:
    """Read all that a kind asks for into files of the folder, within the present scope."""
    folder.mkdir(mode=0o750, parents=True, exist_ok=True)
    with _one_moment() as (cursor, read_at):
        queries = {
            name: _copy_to_file(cursor, sql, setting, folder / f"{name}{SUFFIX}")
            for name, sql in kind.queries.items()
        }
    return Snapshot(folder, read_at, queries)


def digest_now(kind: Kind, setting: Setting) -> str:
    """The SHA-256 that a snapshot would have now; what was read is not kept."""
    with _now() as cursor:
        queries = {
            name: _copy(cursor, sql, setting, lambda _: None) for name, sql in kind.queries.items()
        }
    return digest_of(queries)


def first_lines(kind: Kind, setting: Setting, most: int) -> dict[str, str]:
    """The first rows of each query, as CSV with a header."""
    texts = {}
    with _now() as cursor:
        for name, asked in kind.queries.items():
            lines: list[bytes] = []
            sql = f"SELECT * FROM ({asked}) AS found LIMIT {int(most)}"  # noqa: S608
            _copy(cursor, sql, setting, lines.append)
            texts[name] = b"".join(lines).decode()
    return texts


def digest_of(queries: Mapping[str, Read]) -> str:
    """The SHA-256 of several queries' rows together."""
    told = "".join(f"{name} {read.sha256}\n" for name, read in sorted(queries.items()))
    return hashlib.sha256(told.encode()).hexdigest()


@contextmanager
def _one_moment() -> Iterator[tuple[CursorWrapper, datetime]]:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(ONE_MOMENT)
        cursor.execute(STEADY)
        cursor.execute("SELECT now()")  # takes the snapshot, and tells PostgreSQL the scope
        yield cursor, cursor.fetchone()[0]


@contextmanager
def _now() -> Iterator[CursorWrapper]:
    """For what may be asked within a transaction, too: a key's (core/http/idempotency.py).

    There each query sees what is committed when it begins, which is late enough for a look.
    """
    if not connection.in_atomic_block:
        with _one_moment() as (cursor, _):
            yield cursor
        return
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")  # tells PostgreSQL the scope
        cursor.execute(STEADY)
        yield cursor
        cursor.execute(AS_BEFORE)


def _copy_to_file(cursor: CursorWrapper, sql: str, setting: Setting, path: Path) -> Read:
    with path.open("wb") as file:
        return _copy(cursor, sql, setting, file.write)


def _copy(
    cursor: CursorWrapper, sql: str, setting: Setting, write: Callable[[bytes], object]
) -> Read:
    raw: Any = cursor.cursor
    params = setting.params.model_dump()
    given = {name: list(v) if isinstance(v, tuple) else v for name, v in params.items()}
    given |= {"centre_id": setting.centre_id, "timezone": setting.timezone, "as_of": setting.as_of}
    asked = raw.mogrify(sql, given).decode()
    sink = _Sink(write)
    raw.copy_expert(f"COPY ({asked}) TO STDOUT WITH (FORMAT csv, HEADER)", sink, 2**18)
    return Read(raw.rowcount, sink.digest.hexdigest())


class _Sink:
    """Where PostgreSQL's answer goes: to the disk, and through the hash."""

    def __init__(self, write: Callable[[bytes], object]) -> None:
        self._write = write
        self.digest = hashlib.sha256()

    def write(self, part: bytes) -> None:
        self.digest.update(part)
        self._write(part)


@contextmanager
def _reader(folder: Path, query: str) -> Iterator[Iterator[list[str]]]:
    with (folder / f"{query}{SUFFIX}").open(newline="", encoding="utf-8") as file:
        yield csv.reader(file)
