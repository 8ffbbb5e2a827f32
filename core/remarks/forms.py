"""The form of a remark."""

from django import forms
from django.utils.translation import gettext_lazy as _

from core.remarks.models import LONGEST


class RemarkForm(forms.Form):
    """What is said of a student; nothing takes back what was said."""

    term_id = forms.IntegerField()
    text = forms.CharField(label=_("Remark"), required=False, max_length=LONGEST)
