"""Tables of files. Their bytes lie in the media directory, under a random name."""

from django.db import models
from django.db.models import Q

from core.people.models import Centre, User


class Purpose(models.TextChoices):
    """What a file is meant for; it decides which types are taken, and how large."""

    ATTACHMENT = "attachment"
    AVATAR = "avatar"
    IMPORT = "import"


class Thumbnail(models.TextChoices):
    """Where the small picture of a file stands."""

    NONE = "none"  # it is no image that one can be made of
    PENDING = "pending"
    READY = "ready"
    REFUSED = "refused"  # too many pixels, or broken


class File(models.Model):
    """A file as one person gave it. The same content given twice is two files."""

    centre = models.ForeignKey(Centre, models.CASCADE, related_name="+")
    owner = models.ForeignKey(User, models.PROTECT, related_name="+")
    purpose = models.CharField(max_length=16, choices=Purpose.choices)
    name = models.CharField(max_length=200)
    size = models.PositiveBigIntegerField()  # bytes
    media_type = models.CharField(max_length=100)
    sha256 = models.CharField(max_length=64)
    storage_name = models.CharField(max_length=64, unique=True)
    created_at = models.DateTimeField()
    # Whether there is an Attachment; kept here too, under the row's lock, for those who sweep.
    attached = models.BooleanField(default=False)
    thumbnail = models.CharField(max_length=16, choices=Thumbnail.choices, default=Thumbnail.NONE)

    class Meta:
        indexes = [
            models.Index(fields=["created_at"], condition=Q(attached=False), name="file_waiting"),
            models.Index(fields=["owner"], condition=Q(attached=False), name="file_waiting_of"),
        ]

    def __str__(self) -> str:
        return self.name


class Attachment(models.Model):
    """That a file belongs to a thing, `homework:7`: who may see the thing may read the file."""

    centre = models.ForeignKey(Centre, models.CASCADE, related_name="+")
    file = models.OneToOneField(File, models.CASCADE, related_name="attachment")
    subject = models.CharField(max_length=80)

    class Meta:
        indexes = [models.Index(fields=["subject", "id"], name="attachment_by_subject")]

    def __str__(self) -> str:
        return f"{self.file_id} of {self.subject}"
