"""Tables of reports, their versions, what was said of them, and to whom they were released."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from core.people.models import Centre, Role, User


class ReportState(models.TextChoices):
    """Where a report stands; core/reports/transitions.py has the ways from one to the other."""

    REQUESTED = "requested", _("Waiting")
    GENERATING = "generating", _("Being made")
    READY = "ready", _("Ready")
    IN_REVIEW = "in_review", _("In review")
    APPROVED = "approved", _("Approved")
    RELEASED = "released", _("Released")
    CHANGES_REQUESTED = "changes_requested", _("To be changed")
    FAILED = "failed", _("Failed")
    CANCELLED = "cancelled", _("Cancelled")
    STALE = "stale", _("Out of date")
    RECALLED = "recalled", _("Recalled")
    EXPIRED = "expired", _("Expired")


OFFICE = (Role.STAFF, Role.HEAD, Role.ADMIN)  # who see to reports
REVIEWING = (Role.HEAD, Role.ADMIN)

MAKING = "reports.make_report"  # the job, by its handler's name
LIVE = (ReportState.REQUESTED, ReportState.GENERATING)
# Its file can be opened by those who asked for it and those who review it.
MADE = (
    ReportState.READY,
    ReportState.IN_REVIEW,
    ReportState.APPROVED,
    ReportState.RELEASED,
    ReportState.CHANGES_REQUESTED,
    ReportState.STALE,
    ReportState.RECALLED,
)


class Every(models.TextChoices):
    """How often a report comes by itself."""

    DAY = "day", _("Every day")
    WEEK = "week", _("Every week")
    MONTH = "month", _("Every month")


class RecurringReport(models.Model):
    """A saved request that is made again and again, for named staff.

    A kind that is about a period gets the days since the time before; they are not in `params`.
    """

    centre = models.ForeignKey(Centre, models.CASCADE, related_name="+")
    kind = models.CharField(max_length=40)
    params = models.JSONField()
    about = models.CharField(max_length=300, blank=True)
    format = models.CharField(max_length=8)
    bom = models.BooleanField(default=False)
    every = models.CharField(max_length=8, choices=Every.choices)
    first_on = models.DateField()  # whose weekday, or day of the month, it keeps
    hour = models.PositiveSmallIntegerField()  # of the centre's clocks
    by = models.ForeignKey(User, models.PROTECT, related_name="+")
    next_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"{self.kind} every {self.every}"


class RecurringReader(models.Model):
    """Somebody of the staff for whom a recurring report is made."""

    centre = models.ForeignKey(Centre, models.CASCADE, related_name="+")
    recurring = models.ForeignKey(RecurringReport, models.CASCADE, related_name="readers")
    person = models.ForeignKey(User, models.CASCADE, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["recurring", "person"], name="recurring_reader_once")
        ]

    def __str__(self) -> str:
        return f"{self.recurring} for {self.person}"


class Report(models.Model):
    """What was asked for, and where it stands; its latest version is what counts."""

    centre = models.ForeignKey(Centre, models.CASCADE, related_name="+")
    kind = models.CharField(max_length=40)
    params = models.JSONField()
    about = models.CharField(max_length=300, blank=True)  # the filters in words, for lists
    format = models.CharField(max_length=8)
    bom = models.BooleanField(default=False)  # before a CSV's first line, for spreadsheets
    fingerprint = models.CharField(max_length=64)  # of all that was asked for
    asked_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    state = models.CharField(
        max_length=20, choices=ReportState.choices, default=ReportState.REQUESTED
    )
    number = models.PositiveIntegerField(default=1)  # of the latest version
    job = models.UUIDField(null=True)  # which makes it
    created_at = models.DateTimeField()
    moved_at = models.DateTimeField()  # into its state
    doubted_at = models.DateTimeField(null=True)  # its data may be other by now
    release_at = models.DateTimeField(null=True)  # while it waits for that time
    release_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    audience = ArrayField(models.CharField(max_length=16), default=list)
    expires_at = models.DateTimeField(null=True)
    recurring = models.ForeignKey(RecurringReport, models.SET_NULL, null=True, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["centre", "fingerprint"],
                condition=Q(state__in=["requested", "generating"]),
                name="report_live_once",
            )
        ]
        indexes = [
            models.Index(fields=["centre", "-created_at", "-id"], name="report_latest"),
            models.Index(fields=["centre", "state", "moved_at"], name="report_by_state"),
            models.Index(
                fields=["expires_at"],
                condition=Q(expires_at__isnull=False) & ~Q(state="expired"),
                name="report_to_expire",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.pk}"

    @property
    def is_live(self) -> bool:
        """Whether it is still to be made, or being made."""
        return self.state in LIVE

    @property
    def subject(self) -> str:
        """How events and the audit call it."""
        return f"report:{self.pk}"


class ReportAsker(models.Model):
    """Somebody who asked for a report: who asks for what is being made already shares it."""

    centre = models.ForeignKey(Centre, models.CASCADE, related_name="+")
    report = models.ForeignKey(Report, models.CASCADE, related_name="askers")
    person = models.ForeignKey(User, models.CASCADE, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["report", "person"], name="report_asker_once")
        ]

    def __str__(self) -> str:
        return f"{self.person} asked for {self.report}"


class ReportVersion(models.Model):
    """A report as it was made once: its data, its file, and the seal of who approved it."""

    centre = models.ForeignKey(Centre, models.CASCADE, related_name="+")
    report = models.ForeignKey(Report, models.CASCADE, related_name="versions")
    number = models.PositiveIntegerField()
    folder = models.CharField(max_length=100)  # under the media directory
    template = models.PositiveIntegerField()  # the kind's, when it was made
    expected_rows = models.PositiveIntegerField(null=True)
    snapshot = models.JSONField(null=True)  # see core/reports/snapshot.py
    snapshot_name = models.CharField(max_length=100, blank=True)  # its folder in the folder
    rows = models.PositiveIntegerField(null=True)
    file_name = models.CharField(max_length=100, blank=True)  # in the folder
    size = models.PositiveBigIntegerField(null=True)  # bytes
    sha256 = models.CharField(max_length=64, blank=True)  # of the file
    seal = models.CharField(max_length=64, blank=True)  # see core/reports/sealing.py
    requested_at = models.DateTimeField()
    begun_at = models.DateTimeField(null=True)
    made_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["report", "number"], name="report_version_once")
        ]

    def __str__(self) -> str:
        return f"version {self.number} of {self.report}"


class ReportCard(models.Model):
    """The part of a version that is about one pupil, as a file of its own."""

    centre = models.ForeignKey(Centre, models.CASCADE, related_name="+")
    version = models.ForeignKey(ReportVersion, models.CASCADE, related_name="cards")
    student = models.ForeignKey(User, models.CASCADE, related_name="+")
    name = models.CharField(max_length=200)  # the pupil's, as it stands on the card
    place = models.PositiveIntegerField()  # among the cards, from 0
    file_name = models.CharField(max_length=100)
    size = models.PositiveBigIntegerField()  # bytes
    sha256 = models.CharField(max_length=64)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["version", "student"], name="report_card_once")
        ]

    def __str__(self) -> str:
        return f"{self.name} in {self.version}"


class Decision(models.TextChoices):
    """What a reviewer decides."""

    APPROVE = "approve", _("Approved")
    CHANGES = "changes", _("Changes asked for")


class ReportReview(models.Model):
    """What a reviewer said of a version. Never changed."""

    centre = models.ForeignKey(Centre, models.CASCADE, related_name="+")
    report = models.ForeignKey(Report, models.CASCADE, related_name="reviews")
    number = models.PositiveIntegerField()  # of the version
    by = models.ForeignKey(User, models.PROTECT, related_name="+")
    decision = models.CharField(max_length=8, choices=Decision.choices)
    comment = models.TextField(blank=True)
    at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.decision}: {self.report}"


class ReportRecipient(models.Model):
    """Somebody to whom a version was released: all of it, or the card of one pupil."""

    centre = models.ForeignKey(Centre, models.CASCADE, related_name="+")
    version = models.ForeignKey(ReportVersion, models.CASCADE, related_name="recipients")
    person = models.ForeignKey(User, models.CASCADE, related_name="+")
    card = models.ForeignKey(ReportCard, models.CASCADE, null=True, related_name="recipients")
    released_at = models.DateTimeField()
    opened_at = models.DateTimeField(null=True)  # its page, first
    downloaded_at = models.DateTimeField(null=True)  # its file, first

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["version", "person", "card"],
                nulls_distinct=False,
                name="report_recipient_once",
            )
        ]
        indexes = [models.Index(fields=["person", "-released_at"], name="report_of_person")]

    def __str__(self) -> str:
        return f"{self.version} to {self.person}"


class ReportPace(models.Model):
    """How long reports of a kind and format took: sums for a straight line, older ones fading."""

    kind = models.CharField(max_length=40)
    format = models.CharField(max_length=8)
    n = models.FloatField(default=0)
    rows = models.FloatField(default=0)
    seconds = models.FloatField(default=0)
    rows_rows = models.FloatField(default=0)
    rows_seconds = models.FloatField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["kind", "format"], name="report_pace_once")]

    def __str__(self) -> str:
        return f"{self.kind} as {self.format}"
