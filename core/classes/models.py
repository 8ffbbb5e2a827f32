"""Tables of courses, classes, who teaches and who attends them."""

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now, TruncDate

from core.calendar.models import Term
from core.people.models import Centre, User


class Course(models.Model):
    """What is taught: a subject at a level, under the code that the centre knows it by."""

    centre = models.ForeignKey(Centre, models.CASCADE, related_name="+")
    name = models.CharField(max_length=100)
    subject = models.CharField(max_length=100, blank=True)
    code = models.CharField(max_length=20)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["centre", "code"], name="course_code_once_per_centre")
        ]

    def __str__(self) -> str:
        return self.name


class SchoolClass(models.Model):
    """A class of a centre, with its teachers. Archived, it is read and never changed."""

    centre = models.ForeignKey(Centre, models.CASCADE, related_name="+")
    name = models.CharField(max_length=100)
    course = models.ForeignKey(Course, models.PROTECT, null=True, related_name="classes")
    term = models.ForeignKey(Term, models.PROTECT, null=True, related_name="classes")
    archived_at = models.DateTimeField(null=True)
    teachers = models.ManyToManyField(User, through="Teaching", related_name="taught_classes")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["centre", "name"], name="class_name_once_per_centre")
        ]

    def __str__(self) -> str:
        return self.name


class Teaching(models.Model):
    """A teacher of a class."""

    centre = models.ForeignKey(Centre, models.CASCADE, related_name="+")
    school_class = models.ForeignKey(SchoolClass, models.CASCADE, related_name="teachings")
    teacher = models.ForeignKey(User, models.CASCADE, related_name="teachings")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["school_class", "teacher"], name="teaching_once")
        ]

    def __str__(self) -> str:
        return f"{self.teacher} of {self.school_class}"


class Enrolment(models.Model):
    """A student of a class, now or once: whoever asks for who attends looks for `until=None`."""

    centre = models.ForeignKey(Centre, models.CASCADE, related_name="+")
    school_class = models.ForeignKey(SchoolClass, models.CASCADE, related_name="enrolments")
    student = models.ForeignKey(User, models.CASCADE, related_name="enrolments")
    since = models.DateField(db_default=TruncDate(Now()))  # days of the centre's calendar
    until = models.DateField(null=True)  # the day on which it ended; null: attends

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["school_class", "student"],
                condition=Q(until=None),
                name="enrolment_present_once",
            ),
            models.CheckConstraint(
                condition=Q(until=None) | Q(until__gte=F("since")),
                name="enrolment_until_not_before_since",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.student} in {self.school_class}"
