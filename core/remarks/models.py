"""The table of remarks."""

from typing import Final

from django.db import models

from core.calendar.models import Term
from core.classes.models import SchoolClass
from core.people.models import Centre, User

LONGEST: Final = 2_000  # characters: a third of a page


class Remark(models.Model):
    """What a teacher says of a student of a class about a term; the last word, if there are two."""

    centre = models.ForeignKey(Centre, models.CASCADE, related_name="+")
    school_class = models.ForeignKey(SchoolClass, models.CASCADE, related_name="remarks")
    student = models.ForeignKey(User, models.CASCADE, related_name="+")
    term = models.ForeignKey(Term, models.PROTECT, related_name="remarks")
    text = models.TextField()
    by = models.ForeignKey(User, models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["school_class", "term", "student"], name="remark_once_per_term"
            )
        ]

    def __str__(self) -> str:
        return f"{self.student} in {self.school_class}, {self.term}"
