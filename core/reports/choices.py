"""TABLE: the lists that a report's parameters are chosen from, and who may choose what of them."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from babel.dates import format_date, format_interval
from django.db.models import F
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from core.calendar.models import Term
from core.classes.models import SchoolClass
from core.classes.queries import SEE_ALL, taught_by
from core.language.dates import spoken
from core.people.actor import Actor
from core.people.models import Role
from core.refusals import InvalidError
from core.reports.kind import Kind, Params
from core.reports.params import CHOICES

NOT_CHOOSABLE: Final = gettext_noop("is none of those that you can choose")
MOST_NAMED: Final = 20  # classes in the head of a report

Chosen = tuple[Any, ...]  # ids, or words such as a role


@dataclass(frozen=True, slots=True)
class Choice:
    """Something that can be chosen: what is sent, and what is read."""

    value: str
    label: str


def classes_of(by: Actor) -> list[Choice]:
    """The classes that the actor teaches, or all for who oversees the centre; archived ones last.

    Who attends one, or has a child in it, cannot have a report made of it.
    """
    present = SchoolClass.objects.filter(centre_id=by.centre_id)
    found = present if by.is_any(*SEE_ALL) else taught_by(by)
    ordered = found.order_by(F("archived_at").desc(nulls_first=True), "name", "pk")
    return [Choice(str(each.pk), _class_in_words(each)) for each in ordered]


def terms_of(by: Actor) -> list[Choice]:
    """The terms of the centre, the latest first."""
    terms = Term.objects.filter(centre_id=by.centre_id).order_by("-begins")
    return [Choice(str(each.pk), _term_in_words(each)) for each in terms]


def roles_of(_by: Actor) -> list[Choice]:
    """What a person may be in a centre."""
    return [Choice(role.value, str(role.label)) for role in Role]


def _names_of_classes(chosen: Chosen, centre_id: int) -> str:
    found = SchoolClass.objects.filter(centre_id=centre_id, pk__in=chosen).order_by("name", "pk")
    names = list(map(_class_in_words, found))
    named = ", ".join(names[:MOST_NAMED])
    if len(names) <= MOST_NAMED:
        return named
    return _("%(names)s and %(count)s more") % {"names": named, "count": len(names) - MOST_NAMED}


def _names_of_terms(chosen: Chosen, centre_id: int) -> str:
    found = Term.objects.filter(centre_id=centre_id, pk__in=chosen).order_by("begins")
    return ", ".join(map(_term_in_words, found))


def _names_of_roles(chosen: Chosen, _centre_id: int) -> str:
    return ", ".join(str(Role(each).label) for each in chosen)


# By name: what is on a list for an actor, and how what was chosen is called in a centre.
LISTS: Final[Mapping[str, tuple[Callable[[Actor], list[Choice]], Callable[[Chosen, int], str]]]] = {
    "classes": (classes_of, _names_of_classes),
    "terms": (terms_of, _names_of_terms),
    "roles": (roles_of, _names_of_roles),
}


def choices_of(name: str, by: Actor) -> list[Choice]:
    """What the actor may choose from the list of that name."""
    listed, _named = LISTS[name]
    return listed(by)


def check_choices(params: Params, by: Actor) -> None:
    """Refuse what is not on the actor's lists, be it nowhere, elsewhere or not for them."""
    for field, of in _lists_in(type(params)):
        chosen = {str(each) for each in _chosen(params, field)}
        if not chosen <= {each.value for each in choices_of(of, by)}:
            raise InvalidError(field, NOT_CHOOSABLE)


def filters_in_words(params: Params, centre_id: int) -> tuple[tuple[str, str], ...]:
    """What was asked for, for the head of a report; what was left open is left out."""
    lists = dict(_lists_in(type(params)))
    told = (
        (_(field.title or name), _told(params, name, lists.get(name), centre_id))
        for name, field in type(params).model_fields.items()
    )
    return tuple((title, words) for title, words in told if words)


def described(kind: Kind) -> dict[str, Any]:
    """The JSON schema of a kind's parameters, with titles in the language that is spoken.

    A field with `x-choices` takes ids from the list of that name.
    """
    schema = kind.params.model_json_schema()
    fields = schema["properties"]
    return {
        "type": "object",
        "properties": {name: _described(field) for name, field in fields.items()},
        "required": schema.get("required", []),
    }


def _described(field: dict[str, Any]) -> dict[str, Any]:
    """A field in plain words; of ids it is not told that they are numbers here."""
    told = {key: value for key, value in field.items() if key not in {"anyOf", "$ref"}}
    told |= {key: _(told[key]) for key in ("title", "description") if told.get(key)}
    if told.get(CHOICES) and told.get("type") == "array":
        return told | {"items": {"type": "string"}, "uniqueItems": True}
    return told | {"type": "string"} if told.get(CHOICES) else told


def _lists_in(params: type[Params]) -> Iterator[tuple[str, str]]:
    """The fields that are chosen from a list, with the list's name."""
    for name, field in params.model_fields.items():
        extra = field.json_schema_extra
        if isinstance(extra, dict) and CHOICES in extra:
            yield name, str(extra[CHOICES])


def _chosen(params: Params, field: str) -> Chosen:
    """What was chosen from a list, be it one or several or none."""
    value = getattr(params, field)
    return value if isinstance(value, tuple) else tuple(each for each in (value,) if each)


def _told(params: Params, field: str, of: str | None, centre_id: int) -> str:
    if of is not None:
        _listed, named = LISTS[of]
        return named(_chosen(params, field), centre_id)
    value = getattr(params, field)
    if isinstance(value, date):
        return str(format_date(value, "long", locale=spoken()))
    return _("yes") if value else ""


def _class_in_words(school_class: SchoolClass) -> str:
    if school_class.archived_at is None:
        return school_class.name
    return _("%(name)s (archived)") % {"name": school_class.name}


def _term_in_words(term: Term) -> str:
    """With its days: names come again every year."""
    days = format_interval(term.begins, term.ends, "yMMMd", locale=spoken())
    return f"{term.name} ({days})"
