"""The form of a new board. Rules stand in actions.py."""

from django import forms
from django.utils.translation import gettext_lazy as _

from core.http.forms import OneLine


class BoardForm(forms.Form):
    """What a board is to be called."""

    name = OneLine(
        label=_("Name of the board"),
        max_length=100,
        error_messages={"required": _("Give the board a name.")},
    )
