"""The form of a centre's settings."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from core.centres.zones import all_zones, zones_by_region
from core.http.forms import OneLine
from core.people.models import Centre, Language


class CentreForm(forms.Form):
    """What an admin may change of a centre. Rules stand in actions.py."""

    name = OneLine(
        label=_("Name"),
        max_length=200,
        error_messages={"required": _("Give the centre a name.")},
    )
    short_name = OneLine(label=_("Short name"), max_length=40, required=False)
    language = forms.ChoiceField(label=_("Language"), choices=Language.choices)
    timezone = forms.ChoiceField(label=_("Time zone"))
    colour = forms.CharField(label=_("Colour"), max_length=7)

    def __init__(self, data: Any, *, centre: Centre) -> None:
        settings = {field: getattr(centre, field) for field in self.base_fields}
        super().__init__(data, initial=settings)
        choices: list[Any] = [(region, places) for region, places in zones_by_region().items()]
        if centre.timezone in all_zones() and not _is_offered(centre.timezone):
            choices.insert(0, ("", [(centre.timezone, centre.timezone)]))
        self.fields["timezone"] = forms.ChoiceField(label=_("Time zone"), choices=choices)

    def clean_colour(self) -> str:
        """In lower case, as it is kept."""
        return str(self.cleaned_data["colour"]).lower()


def _is_offered(zone: str) -> bool:
    return any(zone == each for places in zones_by_region().values() for each, _ in places)
