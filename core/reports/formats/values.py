"""Values of a snapshot: what they are, and how a language writes them."""

import re
from collections.abc import Callable
from datetime import date, datetime
from decimal import Decimal
from functools import lru_cache, partial
from typing import Final

from babel import Locale
from babel.dates import format_date, format_datetime
from babel.numbers import format_decimal

from core.language.dates import LOCALES, local
from core.reports.content import Head, Type

# What PostgreSQL writes for a number, apart from NaN and Infinity. Fifteen digits: as many as
# spreadsheets keep.
NUMBER: Final = re.compile(r"-?\d{1,15}(\.\d{1,30})?([eE][+-]?\d{1,2})?").fullmatch
RIGHT: Final = frozenset({Type.INTEGER, Type.NUMBER, Type.PERCENT})  # how they are aligned
REMEMBERED: Final = 20_000  # values of a kind: scores, days and the like come again and again

Words = Callable[[str], str]


def locale_of(language: str) -> Locale:
    """How the document's language writes numbers and days."""
    return LOCALES.get(language) or LOCALES["en"]


def words_for(column_type: Type, language: str) -> Words:
    """How values of the type are written; what is none of the type stays as it is."""
    return partial(_WORDS[column_type], language) if column_type in _WORDS else str


def generated_at(head: Head) -> str:
    """When the report was made, by the centre's clocks."""
    there = local(head.generated_at, head.timezone)
    return str(format_datetime(there, "d MMMM y, HH:mm", locale=locale_of(head.language)))


def day_of(value: str) -> date | None:
    """The day of a `date`, or of a `moment`."""
    try:
        return date.fromisoformat(value[:10])
    except ValueError:
        return None


def moment_of(value: str) -> datetime | None:
    """A `moment`, by the clocks that it was read from."""
    try:
        return datetime.fromisoformat(value[:16])
    except ValueError:
        return None


@lru_cache(REMEMBERED)
def _number(language: str, value: str) -> str:
    if not NUMBER(value):
        return value
    return str(format_decimal(Decimal(value), "#,##0.####", locale=locale_of(language)))


@lru_cache(REMEMBERED)
def _percent(language: str, value: str) -> str:
    if not NUMBER(value):
        return value
    hundredfold = format_decimal(Decimal(value) * 100, "#,##0.#", locale=locale_of(language))
    return f"{hundredfold}\N{NO-BREAK SPACE}%" if language == "es" else f"{hundredfold}%"


@lru_cache(REMEMBERED)
def _day(language: str, value: str) -> str:
    day = day_of(value)
    return str(format_date(day, "medium", locale=locale_of(language))) if day else value


def _moment(language: str, value: str) -> str:
    return f"{_day(language, value[:10])}, {value[11:16]}" if moment_of(value) else value


_WORDS: Final[dict[Type, Callable[[str, str], str]]] = {
    Type.INTEGER: _number,
    Type.NUMBER: _number,
    Type.PERCENT: _percent,
    Type.DATE: _day,
    Type.MOMENT: _moment,
}
