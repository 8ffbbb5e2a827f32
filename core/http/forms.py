"""What the forms of pages have in common."""

from collections.abc import Callable
from typing import TypeVar

from django import forms
from django.http import HttpRequest, QueryDict
from django.utils.translation import gettext as _

from core.refusals import InvalidError

T = TypeVar("T")


def sent(request: HttpRequest) -> QueryDict | None:
    """What was filled in; None while the form is only being asked for."""
    return request.POST if request.method == "POST" else None


def save(form: forms.Form, action: Callable[[], T]) -> T | None:
    """What the action answered; None when the form is not sent or says what is wrong."""
    if not form.is_valid():
        return None
    try:
        return action()
    except InvalidError as error:
        form.add_error(error.loc if error.loc in form.fields else None, _(error.msg))
        return None


def status_of(form: forms.Form) -> int:
    """The status of a page that shows the form: 422 when what was sent could not be taken."""
    return 422 if form.is_bound else 200


class OneLine(forms.CharField):
    """Text of one line, whatever was pasted."""

    def clean(self, value: object) -> str:
        """The text, without line breaks and doubled spaces."""
        return str(super().clean(" ".join(str(value or "").split())))
