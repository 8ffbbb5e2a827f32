"""The catalogue of events, as docs/events.md shows it: everything in it is read from the code."""

import ast
from collections import defaultdict
from collections.abc import Iterator, Mapping
from datetime import timedelta
from inspect import cleandoc
from pathlib import Path
from typing import Any, Final

from django.conf import settings
from django.utils.module_loading import import_string

from core.events.event import Event
from core.events.registry import handlers_of, subscriptions
from core.events.retention import retention_of
from core.events.wire import queue_of

ROOT: Final = Path(__file__).parents[2]
CODE: Final = ("core/*/*.py", "tasks/**/*.py", "schedules/table.py")

HEAD: Final = """\
# Events

Everything that can happen, with what follows. Written by `python manage.py events` from the code;
`make check` fails when it is outdated. How an old payload is read stands in
[core/events/versions.py](../core/events/versions.py).
"""
ENTRY: Final = """
## {kind}

{meaning}

- **Version**: {version}; **stored as subject**: {subject}; **kept**: {kept}
- **Fields**: {fields}
- **Published by**: {publishers}
- **Followed by**: {followers}
"""


def catalogue() -> str:
    """The page in Markdown, by name."""
    publishers = publishers_by_kind()
    silent: Mapping[type[Event], str] = import_string(settings.EVENT_SILENCE)
    entries = [
        entry(event, publishers[event.kind()], silent.get(event, ""))
        for event in sorted(subscriptions(), key=lambda each: each.kind())
    ]
    return HEAD + "".join(entries)


def entry(event: type[Event], publishers: list[str], silence: str) -> str:
    """What there is to say of one event."""
    handlers = [f"`{name}` (queue {queue_of(name)})" for name in sorted(handlers_of(event))]
    return ENTRY.format(
        kind=event.kind(),
        meaning=cleandoc(event.__doc__ or ""),
        version=event.version,
        subject=f"`{event.about.removesuffix('_id')}:ID`" if event.about else "none",
        kept=in_days(retention_of(event.kind())),
        fields=", ".join(fields_of(event)),
        publishers=", ".join(sorted(publishers)) or "nobody yet",
        followers=", ".join(handlers) or f"nothing: {silence}",
    )


def in_days(kept: timedelta) -> str:
    """`1 day`, `90 days`."""
    return f"{kept.days} day" if kept.days == 1 else f"{kept.days} days"


def fields_of(event: type[Event]) -> Iterator[str]:
    """Each field as it is declared: `homework_id: int`, `note: str = ''`."""
    for name, field in event.model_fields.items():
        given = (
            "" if field.is_required() else f" = {field.get_default(call_default_factory=True)!r}"
        )
        yield f"`{name}: {type_name(field.annotation)}{given}`"


def type_name(annotation: Any) -> str:
    """A type as one writes it."""
    return annotation.__name__ if isinstance(annotation, type) else str(annotation)


def publishers_by_kind() -> dict[str, list[str]]:
    """Who publishes each kind: functions of actions and handlers that make it, and schedules."""
    found: dict[str, list[str]] = defaultdict(list)
    trees = {
        file: ast.parse(file.read_text())
        for file in sorted(file for pattern in CODE for file in ROOT.glob(pattern))
    }
    for file, tree in trees.items():
        path = file.relative_to(ROOT).as_posix()
        steps = steps_in(trees.get(file.with_name("transitions.py")))
        for publisher, node in publishers_in(tree):
            taken = {steps[name] for name in given_in(node) & steps.keys()}
            for kind in sorted(made_in(node) | taken):
                found[kind].append(f"`{publisher}` in [{path}](../{path})")
    return found


def steps_in(tree: ast.Module | None) -> dict[str, str]:
    """Steps of an area's transitions, `APPROVE: Final = _step(..., event=...)`: each its event."""
    return {
        node.target.id: each.value.attr
        for node in (tree.body if tree else [])
        if isinstance(node, ast.AnnAssign) and isinstance(node.value, ast.Call)
        if isinstance(node.target, ast.Name) and called(node.value) == "_step"
        for each in node.value.keywords
        if each.arg == "event" and isinstance(each.value, ast.Attribute)
    }


def given_in(node: ast.AST) -> set[str]:
    """Names that are given to something that is called within."""
    given = (each.args for each in ast.walk(node) if isinstance(each, ast.Call))
    return {each.id for arguments in given for each in arguments if isinstance(each, ast.Name)}


def publishers_in(tree: ast.Module) -> Iterator[tuple[str, ast.AST]]:
    """Functions by name, and lines of the table of schedules."""
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef):
            yield node.name, node
        elif isinstance(node, ast.Call) and called(node) == "Schedule":
            named = {each.arg: each.value for each in node.keywords}
            yield f"schedule {ast.literal_eval(named['name'])}", named["event"]


def made_in(node: ast.AST) -> set[str]:
    """Names of all that is called within."""
    return {called(each) for each in ast.walk(node) if isinstance(each, ast.Call)}


def called(call: ast.Call) -> str:
    """The name by which something is called; '' for what is called otherwise."""
    return call.func.id if isinstance(call.func, ast.Name) else ""
