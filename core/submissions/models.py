"""Tables of submissions, their versions and what teachers said of them."""

from datetime import datetime

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from core.homework.models import Homework
from core.people.models import Centre, User


class SubmissionState(models.TextChoices):
    """Where a submission stands."""

    HANDED_IN = "handed_in", _("Handed in")
    RETURNED = "returned", _("Returned")  # for another try
    GRADED = "graded", _("Graded")


class Submission(models.Model):
    """What a student handed in for a homework: its latest version, and what that came to.

    Version 0 is work of which the portal has nothing: on paper, said aloud. It was graded all the
    same.
    """

    centre = models.ForeignKey(Centre, models.CASCADE, related_name="+")
    homework = models.ForeignKey(Homework, models.CASCADE, related_name="submissions")
    student = models.ForeignKey(User, models.CASCADE, related_name="submissions")
    state = models.CharField(
        max_length=16, choices=SubmissionState.choices, default=SubmissionState.HANDED_IN
    )
    version = models.PositiveIntegerField(default=0)  # number of the latest
    body = models.TextField(blank=True)
    # Lists are in this order, so that it is never empty: of version 0 it is when that was graded
    # first, which nobody is told as anything else; see `came_at`.
    handed_in_at = models.DateTimeField()
    due_at = models.DateTimeField()  # as it stood then
    score = models.DecimalField(max_digits=6, decimal_places=2, null=True)
    comment = models.TextField(blank=True)  # the teacher's last
    reviewed_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["homework", "student"], name="submission_once"),
            models.CheckConstraint(
                condition=Q(state="graded", score__isnull=False)
                | (~Q(state="graded") & Q(score=None)),
                name="submission_graded_has_score",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.student} for {self.homework}"

    @property
    def came_at(self) -> datetime | None:
        """When it was handed in; None where nothing was."""
        return self.handed_in_at if self.version else None

    @property
    def is_late(self) -> bool:
        """Whether it came after the due date: the one of then, or the one of now if it is later.

        When work on paper came, only its teacher knows.
        """
        due_at = max(self.due_at, self.homework.due_at)
        return self.came_at is not None and self.came_at > due_at


class SubmissionVersion(models.Model):
    """A submission as it was handed in once."""

    centre = models.ForeignKey(Centre, models.CASCADE, related_name="+")
    submission = models.ForeignKey(Submission, models.CASCADE, related_name="versions")
    number = models.PositiveIntegerField()
    body = models.TextField(blank=True)
    handed_in_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["submission", "number"], name="version_once")
        ]

    def __str__(self) -> str:
        return f"version {self.number} of {self.submission}"

    @property
    def subject(self) -> str:
        """Under which its files are attached."""
        return f"work:{self.pk}"


class Review(models.Model):
    """What a teacher said of a version: a grade, or that it may be tried again. Never changed."""

    centre = models.ForeignKey(Centre, models.CASCADE, related_name="+")
    submission = models.ForeignKey(Submission, models.CASCADE, related_name="reviews")
    version = models.PositiveIntegerField()
    score = models.DecimalField(max_digits=6, decimal_places=2, null=True)  # null: returned
    comment = models.TextField(blank=True)
    by = models.ForeignKey(User, models.PROTECT, related_name="+")
    at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{'returned' if self.score is None else self.score}: {self.submission}"


class ReminderDay(models.Model):
    """A day on which a centre's students have been reminded; unique, so that it happens once."""

    centre = models.ForeignKey(Centre, models.CASCADE, related_name="+")
    day = models.DateField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["centre", "day"], name="reminder_day_once")]

    def __str__(self) -> str:
        return f"{self.centre} on {self.day}"
