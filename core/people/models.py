"""Tables of centres and people."""

import zoneinfo
from typing import Any, ClassVar

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager, PermissionsMixin
from django.contrib.postgres.fields import ArrayField
from django.core.exceptions import ValidationError
from django.core.validators import RegexValidator
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Lower


class Role(models.TextChoices):
    """What a person may be in a centre; one person may be several."""

    STUDENT = "student"
    PARENT = "parent"
    TEACHER = "teacher"
    STAFF = "staff"
    HEAD = "head"  # reviewing staff
    ADMIN = "admin"


def check_timezone(name: str) -> None:
    """Refuse what is no IANA time zone."""
    if name not in zoneinfo.available_timezones():
        raise ValidationError(f"{name} is not a time zone.")


class Language(models.TextChoices):
    """The languages of the portal; each under its own name."""

    ENGLISH = "en", "English"
    SPANISH = "es", "Español"


COLOUR = r"^#[0-9a-f]{6}$"


class Centre(models.Model):
    """A school; the tenant. Everything of a person's school life belongs to one."""

    slug = models.SlugField(unique=True)
    name = models.CharField(max_length=200)
    timezone = models.CharField(max_length=64, default="UTC", validators=[check_timezone])
    short_name = models.CharField(max_length=40, blank=True)  # for the page's header; '': the name
    language = models.CharField(max_length=8, choices=Language.choices, default=Language.ENGLISH)
    colour = models.CharField(max_length=7, default="#0f6e77", validators=[RegexValidator(COLOUR)])

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(colour__regex=COLOUR), name="centre_colour_is_hex")
        ]

    def __str__(self) -> str:
        return self.name


class UserManager(BaseUserManager["User"]):
    """Makes users whose email is their name."""

    def create_user(self, email: str, password: str | None = None, **fields: Any) -> "User":
        user = User(email=email.strip().lower(), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(self, email: str, password: str, **fields: Any) -> "User":
        return self.create_user(email, password, is_operator=True, is_superuser=True, **fields)

    def get_by_natural_key(self, username: str | None) -> "User":
        return self.get(email=(username or "").strip().lower())


class User(AbstractBaseUser, PermissionsMixin):
    """A person who signs in with an email address, in no, one or several centres."""

    email = models.EmailField(unique=True)  # always lower case
    name = models.CharField(max_length=200)
    is_active = models.BooleanField(default=True)
    is_operator = models.BooleanField(default=False)  # runs the system; belongs to no centre
    language = models.CharField(max_length=8, blank=True, default="")  # '': that of the centre

    USERNAME_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = ["name"]
    objects = UserManager()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(email=Lower(F("email"))), name="user_email_is_lower")
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def is_staff(self) -> bool:
        """Whether Django's admin lets them in."""
        return self.is_operator


class Membership(models.Model):
    """What a user is in a centre."""

    user = models.ForeignKey(User, models.CASCADE, related_name="memberships")
    centre = models.ForeignKey(Centre, models.CASCADE, related_name="memberships")
    roles = ArrayField(models.CharField(max_length=16, choices=Role.choices))

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["user", "centre"], name="membership_once_per_centre")
        ]

    def __str__(self) -> str:
        return f"{self.user} at {self.centre}"


class Guardianship(models.Model):
    """Who is guardian of which student, and whether a court says they may not know."""

    centre = models.ForeignKey(Centre, models.CASCADE, related_name="+")
    guardian = models.ForeignKey(User, models.CASCADE, related_name="wards")
    student = models.ForeignKey(User, models.CASCADE, related_name="guardians")
    custody_blocked = models.BooleanField(default=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["centre", "guardian", "student"], name="guardianship_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.guardian}, guardian of {self.student}"
