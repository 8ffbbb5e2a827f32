"""What a kind of report is: who may ask for it, for what, and how its data becomes a document.

A kind is one file in core/reports/kinds/ with a `KIND`; nothing else has to know of it.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final, Protocol

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from pydantic import BaseModel, ConfigDict

from core.events.event import Event
from core.people.models import Role
from core.reports.content import Part, Row

ROWS: Final = "rows"  # the query whose rows are counted, previewed and compared
STUDENT: Final = "student_id"  # its column, where a row is about one pupil


class Format(StrEnum):
    """What a report can be made into."""

    PDF = "pdf"
    XLSX = "xlsx"
    CSV = "csv"
    HTML = "html"


class Audience(StrEnum):
    """To whom a report can be released."""

    STAFF = "staff"
    GUARDIANS = "guardians"
    PUPILS = "pupils"


class Params(BaseModel):
    """What a kind can be asked for; its fields are of the types in core/reports/params.py.

    The model's JSON schema is the kind's description, and its form is made from it.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)


@dataclass(frozen=True, slots=True)
class Setting:
    """For whom, and in which words, a document is composed; the language is spoken already."""

    centre_id: int
    timezone: str
    params: Params
    as_of: datetime  # `%(as_of)s` in queries: what was late then, however often it is read


class Data(Protocol):
    """The snapshot of a report: what its queries found, all at the same moment."""

    def columns(self, query: str) -> tuple[str, ...]:
        """The names of a query's columns."""

    def count(self, query: str) -> int:
        """How many rows it found."""

    def rows(self, query: str, *names: str) -> Iterable[Row]:
        """Its rows, to be gone through any number of times; only these columns, if any are named.

        Values are PostgreSQL's text; '' for NULL.
        """

    def records(self, query: str) -> list[dict[str, str]]:
        """All its rows by column name, for small queries."""


@dataclass(frozen=True, slots=True)
class Card:
    """The part of a report that is about one pupil, as a document of its own."""

    student_id: int
    name: str
    parts: tuple[Part, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """A kind of report.

    `queries` are plain SQL by name. Each may name `%(centre_id)s`, `%(timezone)s`, `%(as_of)s` and
    the fields of `params`; they run one after the other in one snapshot, under row-level security.
    One is called `rows`. Its columns `keys` tell a row from the others in every version of the
    report, `names` say to a reader which one it is, and `figures` are compared between versions:
    column names with their titles.
    """

    name: str
    title: Promise
    says: Promise  # in a sentence, what it is good for
    params: type[Params]
    queries: Mapping[str, str]
    compose: Callable[[Data, Setting], tuple[Part, ...]]
    template: int = 1  # to be raised when `queries` or `compose` change
    asked_by: frozenset[Role] = field(
        default_factory=lambda: frozenset({Role.TEACHER, Role.STAFF, Role.HEAD, Role.ADMIN})
    )
    keys: tuple[str, ...] = ()
    names: tuple[str, ...] = ()
    figures: Mapping[str, Promise] = field(default_factory=dict)
    # What makes a finished report out of date, if its data is other by then.
    stale_on: frozenset[type[Event]] = frozenset()
    kept: timedelta = timedelta(days=365)
    formats: tuple[Format, ...] = tuple(Format)
    # One document for each pupil: then PDF and HTML are made of these.
    cards: Callable[[Data, Setting], Iterator[Card]] | None = None

    @property
    def audiences(self) -> tuple[Audience, ...]:
        """To whom it may be released: a family gets only what is about its own child."""
        return tuple(Audience) if self.cards else (Audience.STAFF,)


LABELS: Final[Mapping[str, Promise]] = {
    Format.PDF: _("PDF"),
    Format.XLSX: _("Spreadsheet (XLSX)"),
    Format.CSV: _("CSV"),
    Format.HTML: _("Web page"),
    Audience.STAFF: _("Staff"),
    Audience.GUARDIANS: _("Guardians, each for their own children"),
    Audience.PUPILS: _("Pupils, each for themselves"),
}
