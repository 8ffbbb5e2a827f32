"""Whose rows the present code may see: one centre's, everybody's, or nobody's.

Events, deliveries, jobs and the mail ledger are seen of all centres by who sees to them all
(`outbox`): a worker asks which centre is next before it is in one, and operators look after
everybody's.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, replace
from typing import Final

ALL: Final = "all"


@dataclass(frozen=True, slots=True)
class Scope:
    """What PostgreSQL's policies compare rows with; digits, `all`, or nothing."""

    centre: str = ""
    person: str = ""  # may see some rows about themselves in each of their centres
    outbox: str = ""  # whose events, deliveries, jobs and mails besides


NOBODYS: Final = Scope()
EVERYBODYS: Final = Scope(centre=ALL)

_present: ContextVar[Scope] = ContextVar("schoolbell_scope", default=NOBODYS)


def present() -> Scope:
    """The scope of what runs now."""
    return _present.get()


def enter(
    *, centre_id: int | None = None, person_id: int | None = None, outbox: bool = False
) -> None:
    """From now on only what this centre and this person may see, until the block around ends.

    With `outbox` the events, deliveries, jobs and mails of all centres too.
    """
    _present.set(replace(_scope(centre_id, person_id), outbox=ALL if outbox else ""))


@contextmanager
def within_centre(centre_id: int, *, person_id: int | None = None) -> Iterator[None]:
    """Within the block only this centre's rows exist."""
    with _scoped(_scope(centre_id, person_id)):
        yield


@contextmanager
def of_person(person_id: int) -> Iterator[None]:
    """Within the block only those rows exist that a person may see in whatever centre."""
    with _scoped(_scope(None, person_id)):
        yield


@contextmanager
def everywhere() -> Iterator[None]:
    """Within the block the rows of all centres exist: for housekeeping and command lines."""
    with _scoped(EVERYBODYS):
        yield


@contextmanager
def outbox() -> Iterator[None]:
    """Within the block all events, deliveries, jobs and mails exist, besides what does already."""
    with _scoped(replace(_present.get(), outbox=ALL)):
        yield


@contextmanager
def nowhere() -> Iterator[None]:
    """Within the block no centre's rows exist, until `enter` says more."""
    with _scoped(NOBODYS):
        yield


def _scope(centre_id: int | None, person_id: int | None) -> Scope:
    return Scope(*("" if each is None else str(int(each)) for each in (centre_id, person_id)))


@contextmanager
def _scoped(scope: Scope) -> Iterator[None]:
    token = _present.set(scope)
    try:
        yield
    finally:
        _present.reset(token)
