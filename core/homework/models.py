"""The table of homework."""

from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop

from core import clock
from core.classes.models import SchoolClass
from core.people.models import Centre, User

RECALL_WITHIN: Final = timedelta(minutes=2)  # of publishing
BEST_SCORE: Final = 100  # unless its teacher says otherwise
HIGHEST_BEST_SCORE: Final = 1000

WITHDRAWN: Final = gettext_noop("the homework was withdrawn")
RECALLED: Final = gettext_noop("recalled")


class HomeworkState(models.TextChoices):
    """Where a homework stands; only a published one is seen by students and guardians."""

    DRAFT = "draft", _("Draft")
    SCHEDULED = "scheduled", _("Scheduled")  # a draft that publishes itself
    PUBLISHED = "published", _("Published")
    WITHDRAWN = "withdrawn", _("Withdrawn")


class Homework(models.Model):
    """Work set for a class."""

    centre = models.ForeignKey(Centre, models.CASCADE, related_name="+")
    school_class = models.ForeignKey(SchoolClass, models.CASCADE, related_name="homework")
    author = models.ForeignKey(User, models.PROTECT, related_name="+")
    title = models.CharField(max_length=200)
    body = models.TextField(blank=True)
    due_at = models.DateTimeField()
    state = models.CharField(
        max_length=16, choices=HomeworkState.choices, default=HomeworkState.DRAFT
    )
    created_at = models.DateTimeField()
    publish_at = models.DateTimeField(null=True)  # while scheduled
    published_at = models.DateTimeField(null=True)
    # The event of the publication that stands: one that was recalled has nothing more to follow.
    publication_id = models.UUIDField(null=True)
    # While a change waits to be told: title, body and due date as the class knows them.
    told_as = models.JSONField(null=True)
    max_score = models.PositiveSmallIntegerField(default=BEST_SCORE, db_default=BEST_SCORE)

    class Meta:
        indexes = [
            models.Index(fields=["school_class", "state", "due_at"], name="homework_by_class")
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def subject(self) -> str:
        """Under which its files are attached."""
        return f"homework:{self.pk}"

    @property
    def recall_until(self) -> datetime | None:
        """Until when it can be recalled; None when it cannot."""
        if self.state != HomeworkState.PUBLISHED or self.published_at is None:
            return None
        until = self.published_at + RECALL_WITHIN
        return until if clock.now() < until else None

    def why_not_told(self, publication_id: UUID | None) -> str:
        """Why a publication of it is not told any more, or ''."""
        if self.state == HomeworkState.WITHDRAWN:
            return WITHDRAWN
        stands = self.publication_id in {None, publication_id}
        return "" if stands and self.state == HomeworkState.PUBLISHED else RECALLED
