"""What an action finds wrong with a form, said where it belongs."""

from typing import Any

from django import forms
from django.utils.translation import gettext as _

from core.refusals import InvalidError, TooLargeError, WrongTypeError

Complaint = InvalidError | TooLargeError | WrongTypeError


class FormWithFiles(forms.Form):
    """A form beside a picker of files (files/picker.html)."""

    file_error: Any = ""

    def complain(self, error: Complaint) -> None:
        """Say it at its field; what is wrong with the files is said there too."""
        said = _(str(error))
        loc = error.loc if isinstance(error, InvalidError) else "files"
        if loc == "files":
            self.file_error = said
        self.add_error(loc if loc in self.fields else None, said)
