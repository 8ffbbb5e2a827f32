"""Tables of notices and preferences."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from core.people.models import Centre, User


class NoticeKind(models.TextChoices):
    """What a notice is about; preferences are per kind."""

    HOMEWORK = "homework", _("Homework")
    SUBMISSION = "submission", _("Handed-in work")
    GRADE = "grade", _("Grades")
    TICKET = "ticket", _("Help desk")
    REPORT = "report", _("Reports")
    IMPORT = "import", _("Imports")
    MENTION = "mention", _("Mentions in rooms")
    ACCOUNT = "account", _("Your account")
    CUSTODY = "custody", _("Custody")


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
    digest_on = models.DateField(null=True)  # the day of the digest that lists it

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["person", "seq"], name="notice_number_once"),
            models.UniqueConstraint(fields=["event_id", "person"], name="notice_once_per_event"),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def is_quiet(self) -> bool:
        """Whether it was listed without calling the person: it was read as it was told."""
        return self.read_at == self.created_at


class NoticePreference(models.Model):
    """How a person hears of a kind; no row means: the portal calls, and single mails come.

    With a student it is a guardian's choice for that child, and counts before the general one.
    """

    person = models.ForeignKey(User, models.CASCADE, related_name="notice_preferences")
    kind = models.CharField(max_length=32)  # a NoticeKind
    student = models.ForeignKey(User, models.CASCADE, null=True, related_name="+")
    portal = models.BooleanField(default=True, db_default=True)  # it calls; else it only lists
    email = models.BooleanField(default=True)
    digest = models.BooleanField(default=False, db_default=False)  # instead of single mails
    by_link = models.BooleanField(default=False, db_default=False)  # off by the link in a mail

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["person", "kind", "student"],
                nulls_distinct=False,
                name="notice_preference_once_per_child",
            ),
            models.CheckConstraint(
                condition=models.Q(email=True) | models.Q(digest=False),
                name="notice_digest_is_email",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.person}: {self.kind}"


class DigestFrequency(models.TextChoices):
    """How often a digest comes; always at 18:00 in the centre's time zone."""

    DAILY = "daily", _("Every day")
    WEEKLY = "weekly", _("On Sundays")


class DigestChoice(models.Model):
    """How often a person's digests come; no row means every day."""

    person = models.OneToOneField(User, models.CASCADE, primary_key=True, related_name="+")
    frequency = models.CharField(max_length=8)  # a DigestFrequency

    def __str__(self) -> str:
        return f"{self.person}: {self.frequency}"


class DigestDay(models.Model):
    """A centre's digests of a day; unique, so that they go once however often the clock strikes."""

    centre = models.ForeignKey(Centre, models.CASCADE, related_name="+")
    day = models.DateField()
    at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["centre", "day"], name="digests_once_per_day")
        ]

    def __str__(self) -> str:
        return f"{self.centre} on {self.day}"


class QuietHours(models.Model):
    """When a centre sends no mail: between two times of its clocks, and all of its closed days."""

    centre = models.OneToOneField(Centre, models.CASCADE, related_name="+")
    begins = models.TimeField(null=True)
    ends = models.TimeField(null=True)  # before `begins`: on the next day
    on_closed_days = models.BooleanField(default=False)

    def __str__(self) -> str:
        return f"{self.centre}: {self.begins} to {self.ends}"


class QuietBypass(models.Model):
    """An event whose mails do not wait for the end of the quiet hours, as somebody decided."""

    centre = models.ForeignKey(Centre, models.CASCADE, related_name="+")
    event_id = models.UUIDField(unique=True)
    by = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+")
    reason = models.CharField(max_length=300)
    at = models.DateTimeField(db_default=Now())

    def __str__(self) -> str:
        return f"{self.event_id}: {self.reason}"
