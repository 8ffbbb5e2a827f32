"""Tables of classes and who attends them."""

from django.db import models

from core.people.models import Centre, User


class SchoolClass(models.Model):
    """A class of a centre, with its teachers."""

    centre = models.ForeignKey(Centre, models.CASCADE, related_name="+")
    name = models.CharField(max_length=100)
    teachers = models.ManyToManyField(User, related_name="taught_classes")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["centre", "name"], name="class_name_once_per_centre")
        ]

    def __str__(self) -> str:
        return self.name


class Enrolment(models.Model):
    """A student of a class."""

    centre = models.ForeignKey(Centre, models.CASCADE, related_name="+")
    school_class = models.ForeignKey(SchoolClass, models.CASCADE, related_name="enrolments")
    student = models.ForeignKey(User, models.CASCADE, related_name="enrolments")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["school_class", "student"], name="enrolment_once")
        ]

    def __str__(self) -> str:
        return f"{self.student} in {self.school_class}"
