"""Jobs in Django's admin: to read, nothing to change."""

from typing import Any, Final

from django.contrib import admin
from django.http import HttpRequest

from core.jobs.models import Job

LIST: Final = ("id", "kind", "state", "stage", "progress", "requested_at", "finished_at", "worker")


@admin.register(Job)
class JobAdmin(admin.ModelAdmin):  # type: ignore[type-arg]  # no generics at run time
    """All jobs, the latest first."""

    list_display = LIST
    list_filter = ("state", "kind")
    ordering = ("-requested_at",)
    raw_id_fields = ("delivery",)

    def has_add_permission(self, _request: HttpRequest) -> bool:
        """Jobs come of events."""
        return False

    def has_change_permission(self, _request: HttpRequest, _job: Any = None) -> bool:
        """A job is changed by its worker alone."""
        return False

    def has_delete_permission(self, _request: HttpRequest, _job: Any = None) -> bool:
        """They leave with their events."""
        return False
