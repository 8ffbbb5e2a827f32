"""The forms of signing in and of the account."""

from django import forms
from django.utils.translation import gettext_lazy as _

LONGEST_PASSWORD = 1000  # hashing takes time


class SignInForm(forms.Form):
    """Who signs in, and with what."""

    email = forms.CharField(
        label=_("Email"),
        max_length=254,
        error_messages={"required": _("Enter your email address.")},
    )
    password = forms.CharField(
        label=_("Password"),
        strip=False,
        max_length=LONGEST_PASSWORD,
        error_messages={"required": _("Enter your password.")},
    )


class CodeForm(forms.Form):
    """A code of the second factor."""

    code = forms.CharField(
        label=_("Code"), max_length=50, error_messages={"required": _("Enter the code.")}
    )


class ForgottenForm(forms.Form):
    """Whose password is forgotten."""

    email = forms.CharField(
        label=_("Email"),
        max_length=254,
        error_messages={"required": _("Enter your email address.")},
    )


class NewPasswordForm(forms.Form):
    """A password, and once more the same."""

    new_password = forms.CharField(
        label=_("New password"),
        strip=False,
        max_length=LONGEST_PASSWORD,
        error_messages={"required": _("Enter the new password.")},
    )
    again = forms.CharField(
        label=_("New password again"),
        strip=False,
        max_length=LONGEST_PASSWORD,
        error_messages={"required": _("Enter the new password again.")},
    )

    def clean_again(self) -> str:
        """The same as before."""
        again: str = self.cleaned_data["again"]
        if again != self.cleaned_data.get("new_password", again):
            raise forms.ValidationError(_("The two passwords are not the same."))
        return again


class ChangePasswordForm(NewPasswordForm):
    """The password that counts, and the one that shall."""

    old_password = forms.CharField(
        label=_("Present password"),
        strip=False,
        max_length=LONGEST_PASSWORD,
        error_messages={"required": _("Enter your present password.")},
    )


class ResetForm(NewPasswordForm):
    """The code out of the mail, and the new password."""

    code = forms.CharField(
        label=_("Code from the mail"),
        max_length=200,
        error_messages={"required": _("Enter the code from the mail.")},
    )
