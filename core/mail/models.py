"""The send ledger."""

from django.db import models

from core.events.models import Delivery


class MailState(models.TextChoices):
    """What became of a mail."""

    QUEUED = "queued"  # written, not handed over; or handed over and clearly refused for now
    SENDING = "sending"  # being handed over at this moment, or its worker died while it was
    SENT = "sent"  # accepted by the mail server
    BOUNCED = "bounced"  # refused for good
    UNKNOWN = "unknown"  # handed over, answer lost; resent once unless sensitive


class Mail(models.Model):
    """One mail of one delivery. Its Message-ID is derived from the delivery."""

    delivery = models.OneToOneField(Delivery, models.CASCADE, related_name="mail")
    centre_id = models.BigIntegerField()  # of its delivery; 0: of no centre
    message_id = models.CharField(max_length=200, unique=True)
    recipient = models.EmailField()
    subject = models.CharField(max_length=300)
    state = models.CharField(max_length=8, choices=MailState.choices, default=MailState.QUEUED)
    sensitive = models.BooleanField(default=False)  # never resent without a person's word
    unknowns = models.PositiveSmallIntegerField(default=0)  # answers lost so far
    reply = models.TextField(default="")  # the server's last words
    sent_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "mail"
        indexes = [
            models.Index(fields=["state"], condition=~models.Q(state="sent"), name="mail_not_sent")
        ]

    def __str__(self) -> str:
        return f"{self.message_id} {self.state}"
