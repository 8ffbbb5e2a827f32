"""The forms in which the office keeps courses and classes. Rules stand in actions.py."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from core.calendar.queries import terms_for
from core.classes.models import Course, SchoolClass
from core.classes.queries import courses_for
from core.http.forms import OneLine
from core.people.actor import Actor


class CourseForm(forms.Form):
    """A course, under the code that the centre knows it by."""

    name = OneLine(
        label=_("Name"), max_length=100, error_messages={"required": _("Give it a name.")}
    )
    code = OneLine(
        label=_("Code"), max_length=20, error_messages={"required": _("Give it a code.")}
    )
    subject = OneLine(label=_("Subject"), max_length=100, required=False)

    def __init__(self, data: Any, *, course: Course | None = None) -> None:
        fields = ("name", "code", "subject")
        super().__init__(data, initial={field: getattr(course, field, "") for field in fields})


class ClassForm(forms.Form):
    """A class, with its course and term if it has any."""

    name = OneLine(
        label=_("Name"), max_length=100, error_messages={"required": _("Give it a name.")}
    )
    course_id = forms.TypedChoiceField(
        label=_("Course"), coerce=int, empty_value=None, required=False
    )
    term_id = forms.TypedChoiceField(label=_("Term"), coerce=int, empty_value=None, required=False)

    def __init__(self, data: Any, *, by: Actor, school_class: SchoolClass | None = None) -> None:
        initial = {field: getattr(school_class, field, None) for field in self.base_fields}
        super().__init__(data, initial=initial)
        courses = courses_for(by).order_by("code").values_list("pk", "code", "name")
        self.fields["course_id"].choices = [  # type: ignore[attr-defined]  # a TypedChoiceField
            ("", _("None")),
            *((pk, f"{code} {name}") for pk, code, name in courses),
        ]
        terms = terms_for(by).order_by("-begins").values_list("pk", "name")
        self.fields["term_id"].choices = [("", _("None")), *terms]  # type: ignore[attr-defined]


class MoveForm(forms.Form):
    """Where a student moves to."""

    class_id = forms.TypedChoiceField(
        label=_("To class"), coerce=int, error_messages={"required": _("Choose a class.")}
    )

    def __init__(self, data: Any, *, classes: list[tuple[int, str]]) -> None:
        super().__init__(data)
        self.fields["class_id"].choices = [("", _("Choose a class")), *classes]  # type: ignore[attr-defined]
