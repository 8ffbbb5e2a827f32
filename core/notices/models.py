"""Tables of notices and preferences."""

from django.contrib.postgres.fields import ArrayField
from django.db import models

from core.people.models import Centre, User


class NoticeKind(models.TextChoices):
    """What a notice is about; preferences are per kind."""

    HOMEWORK = "homework"
    SUBMISSION = "submission"
    GRADE = "grade"
    TICKET = "ticket"
    REPORT = "report"
    IMPORT = "import"
    ACCOUNT = "account"


class Notice(models.Model):
    """Something the portal told a person. `seq` is its number in the person's stream."""

    centre = models.ForeignKey(Centre, models.CASCADE, related_name="+")
    person = models.ForeignKey(User, models.CASCADE, related_name="notices")
    seq = models.BigIntegerField()
    event_id = models.UUIDField()
    kind = models.CharField(max_length=32)  # a NoticeKind
    title = models.CharField(max_length=300)
    body = models.TextField(blank=True)
    url = models.CharField(max_length=300)
    # Whom it is about where the person is told as their guardian; such a notice is theirs to read
    # only as long as they may know about one of these.
    student_ids = ArrayField(models.BigIntegerField(), default=list)
    created_at = models.DateTimeField()
    read_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["person", "seq"], name="notice_number_once"),
            models.UniqueConstraint(fields=["event_id", "person"], name="notice_once_per_event"),
        ]

    def __str__(self) -> str:
        return self.title


class NoticePreference(models.Model):
    """Whether a person wants mail of a kind; no row means yes."""

    person = models.ForeignKey(User, models.CASCADE, related_name="notice_preferences")
    kind = models.CharField(max_length=32)  # a NoticeKind
    email = models.BooleanField(default=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["person", "kind"], name="notice_preference_once")
        ]

    def __str__(self) -> str:
        return f"{self.person}: {self.kind}"
