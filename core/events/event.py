"""The value that says what happened."""

from collections.abc import Callable, Mapping
from typing import Any, ClassVar

from pydantic import BaseModel, ConfigDict

NO_CENTRE = 0  # the centre of events that concern no centre

Fields = dict[str, Any]  # a payload, before it is an event


class Event(BaseModel):
    """A fact, named NounPastTense: ids and plain fields, never a model instance or a request.

    Fields may be added with a default; any other change is a new `version`.
    """

    model_config = ConfigDict(frozen=True, extra="ignore")

    version: ClassVar[int] = 1
    # From each older version to the one after it; read by core/events/versions.py.
    upcasts: ClassVar[Mapping[int, Callable[[Fields], Fields]]] = {}
    about: ClassVar[str] = ""  # the field that names the thing it happened to: `homework_id`
    centre_id: int

    @classmethod
    def kind(cls) -> str:
        """The name under which it is stored."""
        return cls.__name__

    def subject(self) -> str:
        """The thing it happened to, `homework:7`, under which events are found; '' for none."""
        return f"{self.about.removesuffix('_id')}:{getattr(self, self.about)}" if self.about else ""

    def payload(self) -> str:
        """Its fields as JSON."""
        return self.model_dump_json()
