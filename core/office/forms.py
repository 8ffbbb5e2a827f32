"""The forms of a centre's office. Rules stand in core/people."""

from typing import Any

from django import forms
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from core.people.models import Role, User
from core.people.words import mailable


class EmailField(forms.CharField):
    """An address to which mail can go; always lower case."""

    def __init__(self, **options: Any) -> None:
        super().__init__(max_length=254, **options)

    def clean(self, value: Any) -> str:
        """The address, or what is wrong with it."""
        address = str(super().clean(value)).lower()
        try:
            return mailable(address) if address else ""
        except ValueError:
            raise ValidationError(_("Enter an email address, like name@school.example.")) from None


class NameField(forms.CharField):
    """A name, in one line."""

    def __init__(self, **options: Any) -> None:
        super().__init__(max_length=200, **options)

    def clean(self, value: Any) -> str:
        """The name without line breaks."""
        return " ".join(str(super().clean(value)).split())


class SearchForm(forms.Form):
    """Whom to show."""

    q = forms.CharField(label=_("Name or email"), max_length=100, required=False)
    role = forms.ChoiceField(
        label=_("Role"), choices=[("", _("All roles")), *Role.choices], required=False
    )


class RolesForm(forms.Form):
    """What a person is to be."""

    roles = forms.MultipleChoiceField(
        label=_("Roles"),
        choices=Role.choices,
        error_messages={"required": _("Choose at least one role.")},
    )


class InviteForm(RolesForm):
    """Whom to ask in."""

    name = NameField(label=_("Name"), error_messages={"required": _("Enter the name.")})
    email = EmailField(label=_("Email"), error_messages={"required": _("Enter the address.")})
    field_order = ["name", "email", "roles"]


class GuardianForm(forms.Form):
    """Who is to be guardian, and what they may."""

    guardian_email = EmailField(
        label=_("Email of the guardian"),
        error_messages={"required": _("Enter the address of a parent of this centre.")},
    )
    relationship = NameField(label=_("Relationship"), required=False)
    may_be_contacted = forms.BooleanField(label=_("May be contacted"), required=False)
    may_see_grades = forms.BooleanField(label=_("May see grades"), required=False)


class RightsForm(forms.Form):
    """What a guardian is and may."""

    relationship = NameField(label=_("Relationship"), required=False)
    may_be_contacted = forms.BooleanField(label=_("May be contacted"), required=False)
    may_see_grades = forms.BooleanField(label=_("May see grades"), required=False)


class ReasonForm(forms.Form):
    """Why."""

    reason = forms.CharField(
        label=_("Reason"), max_length=500, error_messages={"required": _("Give the reason.")}
    )


class JoinForm(forms.Form):
    """The name and password of who has no account yet."""

    name = NameField(label=_("Your name"), error_messages={"required": _("Enter your name.")})
    password = forms.CharField(
        label=_("Choose a password"),
        strip=False,
        max_length=1000,
        error_messages={"required": _("Choose a password.")},
    )

    def __init__(self, data: Any, *, email: str, name: str) -> None:
        self.email = email
        super().__init__(data, initial={"name": name})

    def clean_password(self) -> str:
        """A password that keeps the rules."""
        password = str(self.cleaned_data["password"])
        validate_password(password, User(email=self.email, name=self.cleaned_data.get("name", "")))
        return password


class ShowPasswordForm(forms.Form):
    """The password of the account that there is."""

    password = forms.CharField(
        label=_("Your password"),
        strip=False,
        max_length=1000,
        error_messages={"required": _("Enter your password.")},
    )


class AddressForm(ShowPasswordForm):
    """Which address one wants."""

    email = EmailField(label=_("New email"), error_messages={"required": _("Enter the address.")})
    field_order = ["email", "password"]


class AuditForm(forms.Form):
    """Which part of the audit to show."""

    what = forms.CharField(label=_("What"), max_length=100, required=False)
    person = forms.IntegerField(label=_("Person"), min_value=1, max_value=2**63 - 1, required=False)
