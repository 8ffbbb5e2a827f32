"""The table of homework."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from core.classes.models import SchoolClass
from core.people.models import Centre, User


class HomeworkState(models.TextChoices):
    """Where a homework stands; only a published one is seen by students and guardians."""

    DRAFT = "draft", _("Draft")
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
    published_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            models.Index(fields=["school_class", "state", "due_at"], name="homework_by_class")
        ]

    def __str__(self) -> str:
        return self.title
