"""Lists that are read page by page, with a cursor that stays right while rows come and go."""

from collections.abc import Callable, Sequence
from typing import Annotated, Any, Final, Generic, TypeVar

from django.core.signing import BadSignature, Signer
from django.db.models import Field as Column
from django.db.models import Model, Q, QuerySet
from pydantic import BaseModel, ConfigDict, Field

from core.refusals import InvalidError

LONGEST: Final = 200  # items

M = TypeVar("M", bound=Model)
T = TypeVar("T")


class Wanted(BaseModel):
    """Which part of a list is asked for."""

    model_config = ConfigDict(frozen=True)

    limit: Annotated[int, Field(ge=1, le=LONGEST, description="how many items at most")] = 50
    cursor: Annotated[str | None, Field(description="`next` of the part before")] = None


class Page(BaseModel, Generic[T]):
    """A part of a list; `next` asks for what follows, and is null at the end."""

    items: list[T]
    next: str | None


class Order:
    """An order of rows without ties: the last column must be unique. `-` means descending."""

    def __init__(self, model: type[Model], *names: str) -> None:
        self.names = names
        self.columns = [_column(model, name.lstrip("-")) for name in names]
        # Signed, so that no invented position reaches the database; each order has its own.
        self._signer = Signer(salt=f"{model.__name__} by {', '.join(names)}")

    def cursor_at(self, row: Model) -> str:
        """What a client may send to go on after a row."""
        return self._signer.sign_object([column.value_to_string(row) for column in self.columns])

    def beyond(self, cursor: str) -> Q:
        """The rows after a cursor; InvalidError for one that was not made here."""
        try:
            values = self._signer.unsign_object(cursor)
        except BadSignature:
            message = "This is no cursor of this list."
            raise InvalidError("cursor", message, source="query") from None
        return _after(
            self.names, [c.to_python(v) for c, v in zip(self.columns, values, strict=True)]
        )


def _column(model: type[Model], name: str) -> "Column[Any, Any]":
    column = model._meta.get_field(name)  # noqa: SLF001 - Django's own name for it, and public
    if not isinstance(column, Column):
        raise TypeError(f"{name} is no column of {model.__name__}.")
    return column


def _after(names: Sequence[str], values: Sequence[Any]) -> Q:
    """`a > 1 or (a = 1 and b > 2) or ...`, with `<` where descending."""
    if not names:
        return Q(pk__in=[])
    name = names[0].lstrip("-")
    further = Q(**{f"{name}__{'lt' if names[0].startswith('-') else 'gt'}": values[0]})
    return further | (Q(**{name: values[0]}) & _after(names[1:], values[1:]))


def read_page(rows: QuerySet[M], order: Order, wanted: Wanted, tell: Callable[[M], T]) -> Page[T]:
    """The wanted part of the rows, each as `tell` tells it."""
    if wanted.cursor is not None:
        rows = rows.filter(order.beyond(wanted.cursor))
    found = list(rows.order_by(*order.names)[: wanted.limit + 1])
    shown = found[: wanted.limit]
    follows = order.cursor_at(shown[-1]) if len(found) > wanted.limit else None
    return Page(items=[tell(row) for row in shown], next=follows)
