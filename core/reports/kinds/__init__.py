"""Kinds of report, each in a file of its own: all that there are."""

import pkgutil
from functools import cache
from importlib import import_module

from core.refusals import InvalidError
from core.reports.kind import Kind


@cache
def kinds() -> dict[str, Kind]:
    """The kinds by name: the `KIND` of each file here."""
    names = sorted(found.name for found in pkgutil.iter_modules(__path__))
    found = [import_module(f"{__name__}.{name}").KIND for name in names]
    return {kind.name: kind for kind in found}


def kind_called(name: str) -> Kind:
    """The kind of that name; InvalidError for none."""
    if name not in kinds():
        raise InvalidError("kind", "is no kind of report")
    return kinds()[name]
