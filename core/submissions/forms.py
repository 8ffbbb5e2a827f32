"""The forms in which work is handed in, graded and given back."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from core.homework.complaints import FormWithFiles
from core.homework.models import HIGHEST_BEST_SCORE

LONGEST = 20_000


def with_plain_lines(text: object) -> str:
    """Lines that end as everywhere else, not as in a browser's forms."""
    return str(text).replace("\r\n", "\n")


class HandInForm(FormWithFiles):
    """A student's work; files come beside it."""

    body = forms.CharField(label=_("Your work"), max_length=LONGEST, required=False)

    def clean_body(self) -> str:
        """The text as it was typed."""
        return with_plain_lines(self.cleaned_data["body"])


class CommentForm(FormWithFiles):
    """What a teacher says of work."""

    comment = forms.CharField(label=_("Comment"), max_length=LONGEST, required=False)

    def clean_comment(self) -> str:
        """The text as it was typed."""
        return with_plain_lines(self.cleaned_data["comment"])

    @property
    def given(self) -> dict[str, Any]:
        """The arguments for actions.py."""
        return dict(self.cleaned_data)


class VersionedForm(CommentForm):
    """What is said of a version; it must still be the latest."""

    version = forms.IntegerField(widget=forms.HiddenInput, min_value=0)


class PaperGradeForm(CommentForm):
    """A grade for what nobody handed in."""

    score = forms.DecimalField(
        label=_("Score"),
        min_value=0,
        max_value=HIGHEST_BEST_SCORE,
        max_digits=6,
        decimal_places=2,
        error_messages={"required": _("Enter a score.")},
    )


class GradeForm(VersionedForm, PaperGradeForm):
    """A grade for a version."""


class ReturnForm(VersionedForm):
    """Why it is given back for another try."""
