"""What is told of a piece of work when it ends."""

import time
from collections.abc import Mapping
from dataclasses import dataclass, field

from core.tracing.ids import Ids

Attributes = Mapping[str, str | int]


@dataclass(slots=True)
class Span:
    """A piece of work within a trace; times are ns since 1970."""

    name: str
    ids: Ids
    parent: Ids | None = None
    kind: str = "INTERNAL"  # as OpenTelemetry names it
    attributes: Attributes = field(default_factory=dict)
    failed: bool = False
    began: int = field(default_factory=time.time_ns)
    ended: int = 0
