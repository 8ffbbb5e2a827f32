"""Tables of documents, made of queries: which columns are shown, and in which words."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import get_language, gettext, override

from core.reports.content import Column, Row, Table, Type
from core.reports.kind import Data

BETWEEN: Final = ", "  # several words in one value

Say = Callable[[str], str]


@dataclass(frozen=True, slots=True)
class Shown:
    """A column of a query as a table shows it.

    `words` are for values that stand for words, one or several between commas. `translated` is for
    what was stored in English, such as the reason why somebody was not told.
    """

    name: str
    title: Promise
    type: Type = Type.TEXT
    width: float = 1
    words: Mapping[str, Promise] | None = None
    translated: bool = False


@dataclass(frozen=True, slots=True)
class Worded:
    """Rows with some of their values put into words, anew each time."""

    rows: Iterable[Row]
    say: Mapping[int, Say]

    def __iter__(self) -> Iterator[Row]:
        for row in self.rows:
            cells = list(row)
            for at, say in self.say.items():
                cells[at] = say(cells[at]) if cells[at] else ""
            yield tuple(cells)


def table_of(data: Data, query: str, shown: Sequence[Shown], *, title: str, empty: str) -> Table:
    """A query's rows as a table."""
    return Table(
        title=title,
        columns=columns_of(shown),
        rows=in_words(data.rows(query, *(each.name for each in shown)), shown),
        count=data.count(query),
        empty=empty,
    )


def table_of_records(
    records: Sequence[Mapping[str, str]], shown: Sequence[Shown], *, title: str, empty: str
) -> Table:
    """The same of a few rows that are at hand."""
    rows = [tuple(record[each.name] for each in shown) for record in records]
    return Table(title, columns_of(shown), in_words(rows, shown), len(rows), empty)


def columns_of(shown: Sequence[Shown]) -> tuple[Column, ...]:
    """The columns, in the language that is spoken."""
    return tuple(Column(str(each.title), each.type, each.width) for each in shown)


def in_words(rows: Iterable[Row], shown: Sequence[Shown]) -> Iterable[Row]:
    """The rows in the language that is spoken now, whenever they are gone through."""
    say = {at: said for at, each in enumerate(shown) if (said := _say(each))}
    return Worded(rows, say) if say else rows


def titles_of(shown: Sequence[Shown], *names: str) -> dict[str, Promise]:
    """Some of the columns with their titles: a kind's `figures`."""
    titles = {each.name: each.title for each in shown}
    return {name: titles[name] for name in names}


def _say(shown: Shown) -> Say | None:
    if shown.translated:
        return _translator(get_language())
    if shown.words is None:
        return None
    words = {value: str(word) for value, word in shown.words.items()}
    return lambda value: BETWEEN.join(words.get(each, each) for each in value.split(BETWEEN))


def _translator(language: str | None) -> Say:
    @lru_cache(maxsize=1_000)
    def say(value: str) -> str:
        with override(language):
            return gettext(value)

    return say
