"""The form of a centre's settings."""

from typing import Any, Final

from django import forms
from django.utils.translation import gettext_lazy as _

from core.centres.actions import FirstAdmin
from core.centres.zones import all_zones, zones_by_region
from core.http.forms import OneLine
from core.people.models import Centre, Language
from core.people.words import mailable

SLUG: Final = r"^[a-z0-9]+(-[a-z0-9]+)*\Z"  # as the API takes it


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
        settings = {field: getattr(centre, field) for field in CentreForm.base_fields}
        super().__init__(data, initial=settings)
        choices: list[Any] = [(region, places) for region, places in zones_by_region().items()]
        if centre.timezone in all_zones() and not _is_offered(centre.timezone):
            choices.insert(0, ("", [(centre.timezone, centre.timezone)]))
        self.fields["timezone"] = forms.ChoiceField(label=_("Time zone"), choices=choices)

    def clean_colour(self) -> str:
        """In lower case, as it is kept."""
        return str(self.cleaned_data["colour"]).lower()


class AdminForm(forms.Form):
    """Who is to run a centre."""

    admin_name = OneLine(
        label=_("Name of the first admin"),
        max_length=200,
        error_messages={"required": _("Enter the name.")},
    )
    admin_email = OneLine(
        label=_("Email of the first admin"),
        max_length=254,
        error_messages={"required": _("Enter the address.")},
    )

    def clean_admin_email(self) -> str:
        """In lower case, and one that mail can go to."""
        try:
            return mailable(str(self.cleaned_data["admin_email"]).lower())
        except ValueError:
            raise forms.ValidationError(
                _("Enter an email address, like name@school.example.")
            ) from None

    @property
    def admin(self) -> FirstAdmin:
        """Whom the form names."""
        given = self.cleaned_data
        return FirstAdmin(name=given["admin_name"], email=given["admin_email"])


class OpenForm(CentreForm, AdminForm):
    """A new centre, and who is to run it."""

    slug = forms.RegexField(
        SLUG,
        strip=True,
        label=_("Short name in addresses"),
        max_length=50,
        error_messages={
            "required": _("Enter a short name."),
            "invalid": _("Small letters, digits and single hyphens, like oakwood-north."),
        },
    )
    field_order = ["name", "slug", "short_name", "language", "timezone", "colour"]

    @property
    def settings(self) -> dict[str, Any]:
        """What the form says of the centre itself."""
        return {field: self.cleaned_data[field] for field in CentreForm.base_fields}


def _is_offered(zone: str) -> bool:
    return any(zone == each for places in zones_by_region().values() for each, _ in places)
