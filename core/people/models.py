"""Tables of centres and people."""

import zoneinfo
from datetime import datetime
from typing import Any, ClassVar

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager, PermissionsMixin
from django.contrib.postgres.fields import ArrayField
from django.core.exceptions import ValidationError
from django.core.validators import RegexValidator
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _


class Role(models.TextChoices):
    """What a person may be in a centre; one person may be several."""

    STUDENT = "student", _("Student")
    PARENT = "parent", _("Parent")
    TEACHER = "teacher", _("Teacher")
    STAFF = "staff", _("Staff")
    HEAD = "head", _("Head")  # reviewing staff
    ADMIN = "admin", _("Admin")


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
    is_viewer = models.BooleanField(default=False, db_default=False)  # looks at how it runs
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

    @property
    def watches(self) -> bool:
        """Whether they may look at how the system runs; operators may act as well."""
        return self.is_operator or self.is_viewer


class Membership(models.Model):
    """What a user is in a centre."""

    user = models.ForeignKey(User, models.CASCADE, related_name="memberships")
    centre = models.ForeignKey(Centre, models.CASCADE, related_name="memberships")
    roles = ArrayField(models.CharField(max_length=16, choices=Role.choices))
    is_active = models.BooleanField(default=True)  # an ended one lets nobody act in the centre

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["user", "centre"], name="membership_once_per_centre")
        ]

    def __str__(self) -> str:
        return f"{self.user} at {self.centre}"

    @property
    def role_labels(self) -> list[str]:
        """The roles in the reader's language."""
        return [str(Role(role).label) for role in self.roles]


class Guardianship(models.Model):
    """Who is guardian of which student, and whether a court says they may not know."""

    centre = models.ForeignKey(Centre, models.CASCADE, related_name="+")
    guardian = models.ForeignKey(User, models.CASCADE, related_name="wards")
    student = models.ForeignKey(User, models.CASCADE, related_name="guardians")
    relationship = models.CharField(max_length=60, blank=True)  # mother, father, or other words
    may_be_contacted = models.BooleanField(default=True)
    may_see_grades = models.BooleanField(default=True)
    custody_blocked = models.BooleanField(default=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["centre", "guardian", "student"], name="guardianship_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.guardian}, guardian of {self.student}"


class InvitationState(models.TextChoices):
    """Where an invitation stands."""

    OPEN = "open"
    ACCEPTED = "accepted"
    EXPIRED = "expired"
    REVOKED = "revoked"


class Invitation(models.Model):
    """A centre asks somebody in, by a link that is mailed. Only the link's hash is kept."""

    centre = models.ForeignKey(Centre, models.CASCADE, related_name="+")
    email = models.EmailField()  # always lower case
    name = models.CharField(max_length=200)
    roles = ArrayField(models.CharField(max_length=16, choices=Role.choices))
    invited_by = models.ForeignKey(User, models.CASCADE, related_name="+")
    sending = models.PositiveIntegerField(default=1)  # counts the mails; only the latest link works
    token_hash = models.CharField(max_length=64, null=True, unique=True)  # noqa: DJ001 - none yet
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    accepted_at = models.DateTimeField(null=True)
    revoked_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["centre", "email"],
                condition=Q(accepted_at=None, revoked_at=None),
                name="invitation_open_once",
            )
        ]

    def __str__(self) -> str:
        return f"{self.email} to {self.centre}"

    def state_at(self, now: datetime) -> InvitationState:
        """Where it stands at a moment."""
        if self.accepted_at:
            return InvitationState.ACCEPTED
        if self.revoked_at:
            return InvitationState.REVOKED
        return InvitationState.EXPIRED if self.expires_at <= now else InvitationState.OPEN


class EmailChange(models.Model):
    """A person wants another address, and must show that it is theirs; the latest of each."""

    person = models.OneToOneField(User, models.CASCADE, related_name="email_change")
    old_email = models.EmailField()
    email = models.EmailField()  # always lower case
    sending = models.PositiveIntegerField(default=1)
    token_hash = models.CharField(max_length=64, null=True, unique=True)  # noqa: DJ001 - none yet
    expires_at = models.DateTimeField()
    confirmed_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"{self.person} to {self.email}"
