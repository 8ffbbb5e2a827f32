"""Those who run or watch the system, in Django's admin: here operators let viewers in."""

from secrets import token_urlsafe
from typing import Any, Final

from django import forms
from django.contrib import admin
from django.db.models import Q, QuerySet
from django.http import HttpRequest

from core.people.models import User

SHOWN: Final = ("email", "name", "is_active", "is_operator", "is_viewer")


class WatcherForm(forms.ModelForm):  # type: ignore[type-arg]  # no generics at run time
    """Addresses are kept in lower case."""

    def clean_email(self) -> str:
        """The address as it is kept."""
        return str(self.cleaned_data["email"]).strip().lower()


@admin.register(User)
class WatcherAdmin(admin.ModelAdmin):  # type: ignore[type-arg]  # no generics at run time
    """Operators and viewers. Who is new chooses a password by mail, as who forgot theirs."""

    form = WatcherForm
    list_display = SHOWN
    fields = SHOWN
    ordering = ("email",)
    readonly_fields = ("is_operator",)  # `manage.py createsuperuser` makes them

    def get_queryset(self, request: HttpRequest) -> QuerySet[User]:
        """Nobody of the schools: their people are their centres' own."""
        return super().get_queryset(request).filter(Q(is_operator=True) | Q(is_viewer=True))

    def save_model(self, request: HttpRequest, obj: User, form: Any, change: Any) -> None:
        """Whoever is added here is a viewer."""
        if not change:
            obj.is_viewer = True
            obj.set_password(token_urlsafe(32))  # nobody's; with none they could not choose one
        super().save_model(request, obj, form, change)

    def has_delete_permission(self, _request: HttpRequest, _user: Any = None) -> bool:
        """What they did stays with their name; who leaves is made inactive."""
        return False
