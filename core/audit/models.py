"""The table of what was done."""

from django.db import models
from django.db.models.functions import Now


class AuditEntry(models.Model):
    """Something that somebody did. A trigger refuses to change or delete it."""

    centre_id = models.BigIntegerField()  # 0: of no centre
    at = models.DateTimeField(db_default=Now())
    by_id = models.BigIntegerField(null=True)  # a user's id; null: nobody known, or the clock
    what = models.CharField(max_length=100)  # `role.changed`
    subject = models.CharField(max_length=100, default="")  # `user:7`
    detail = models.JSONField(default=dict)
    request_id = models.CharField(max_length=64, default="")

    class Meta:
        indexes = [
            models.Index(fields=["centre_id", "-id"], name="audit_of_centre"),
            models.Index(fields=["centre_id", "subject", "-id"], name="audit_of_subject"),
        ]

    def __str__(self) -> str:
        return f"{self.what} {self.subject}"
