"""The form in which a report is asked for: made from the description of its kind's parameters."""

from collections.abc import Iterator
from typing import Any, Final

from django import forms
from django.forms.boundfield import BoundField
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop

from core import clock
from core.calendar.models import Term
from core.calendar.queries import term_of
from core.classes.queries import taught_by
from core.language.dates import local
from core.people.actor import Actor
from core.refusals import InvalidError
from core.reports.choices import choices_of, described
from core.reports.kind import LABELS, Format, Kind
from core.reports.params import CHOICES

PARAMS: Final = "params."  # before the parameters' names, as the refusals of the actions have it
FEW: Final = 12  # choices that are looked through without a search
OWN_WORDS: Final = "Value error, "  # what pydantic puts before the words of our own checks
NONE_CHOSEN: Final = {"required": _("Choose at least one.")}
NO_DAY: Final = {"required": _("Enter a day."), "invalid": _("Enter a day.")}
SAID: Final = (  # by checks of core/reports/params.py
    gettext_noop("The period ends before it begins."),
    gettext_noop("The period must be three years at most."),
)


class AskForm(forms.Form):
    """Which report, of what, as what. Its fields `params.NAME` are the kind's own."""

    format = forms.ChoiceField(label=_("As what"))
    bom = forms.BooleanField(
        label=_("Begin with a byte order mark, by which Excel knows the accents"), required=False
    )

    def __init__(self, data: Any, *, kind: Kind, zone: str, by: Actor) -> None:
        told = described(kind)
        self.kind = kind
        self.properties: dict[str, dict[str, Any]] = told["properties"]
        self.required = set(told.get("required", ()))
        super().__init__(data, initial={"format": kind.formats[0].value})
        for name, described_as in self.properties.items():
            self.fields[PARAMS + name] = _field(described_as, by, required=name in self.required)
        if data is None:
            self.initial.update(self._usual(zone, by))
        formats = [(each.value, LABELS[each]) for each in kind.formats]
        self.fields["format"].choices = formats  # type: ignore[attr-defined]

    @property
    def asked(self) -> Iterator[tuple[BoundField, str]]:
        """The kind's own fields, each with how it looks."""
        for name, described_as in self.properties.items():
            yield self[PARAMS + name], look_of(described_as)

    @property
    def params(self) -> dict[str, Any]:
        """The parameters as the actions take them; what was left empty is left out."""
        given = {name: self.cleaned_data[PARAMS + name] for name in self.properties}
        return {name: value for name, value in given.items() if value not in (None, "", [])}

    @property
    def given(self) -> dict[str, Any]:
        """The arguments for asking."""
        return {
            "kind": self.kind.name,
            "params": self.params,
            "into": Format(self.cleaned_data["format"]),
            "bom": self.cleaned_data["bom"],
        }

    def complain(self, error: InvalidError) -> None:
        """Say what the actions found wrong: at its field, if it has one."""
        place = ".".join(error.loc.removeprefix(PARAMS).split(".")[:1])
        named = next((each for each in (PARAMS + place, place) if each in self.fields), None)
        self.add_error(named, _(error.msg.removeprefix(OWN_WORDS)))

    def _usual(self, zone: str, by: Actor) -> dict[str, Any]:
        """What is asked for most: this term, one's own classes."""
        today = local(clock.now(), zone).date()
        term = term_of(by.centre_id, today)
        usual: dict[str, Any] = {}
        for name, described_as in self.properties.items():
            if name in self.required and (value := _value(name, described_as, term, by)):
                usual[PARAMS + name] = value
        return usual


def look_of(told: dict[str, Any]) -> str:
    """How a parameter's field looks."""
    if told.get(CHOICES):
        return "checks" if told.get("type") == "array" else "select"
    if told.get("enum"):
        return "select"
    if told.get("type") == "boolean":
        return "tick"
    return "date" if told.get("format") == "date" else "text"


def _field(told: dict[str, Any], by: Actor, *, required: bool) -> forms.Field:
    common = {
        "label": told.get("title", ""),
        "help_text": told.get("description", ""),
        "required": required,
    }
    match look_of(told):
        case "checks":
            return forms.MultipleChoiceField(
                choices=_choices(told, by), error_messages=NONE_CHOSEN, **common
            )
        case "select":
            empty = [] if required else [("", _("Any"))]
            made: forms.Field = forms.ChoiceField(choices=[*empty, *_choices(told, by)], **common)
        case "tick":
            made = forms.BooleanField(**(common | {"required": False}))
        case "date":
            made = forms.DateField(error_messages=NO_DAY, **common)
        case _:
            made = forms.CharField(**common)
    return made


def _choices(told: dict[str, Any], by: Actor) -> list[tuple[str, str]]:
    if told.get(CHOICES):
        return [(each.value, each.label) for each in choices_of(told[CHOICES], by)]
    return [(str(each), str(each)) for each in told["enum"]]


def _value(name: str, told: dict[str, Any], term: Term | None, by: Actor) -> Any:
    """What a field begins with; None for nothing."""
    if told.get(CHOICES) == "classes":
        own = taught_by(by).filter(archived_at=None).values_list("pk", flat=True)
        return [str(each) for each in own]
    if term is None:
        return None
    of_term = {"since": term.begins.isoformat(), "until": term.ends.isoformat()}
    return str(term.pk) if told.get(CHOICES) == "terms" else of_term.get(name)
