"""Answers remembered for Idempotency-Key."""

from django.db import models


class IdempotentAnswer(models.Model):
    """The answer a POST got, so that the same key gets the same one."""

    user_id = models.BigIntegerField()
    key = models.CharField(max_length=255)
    fingerprint = models.CharField(max_length=64)  # SHA-256 of method, path and body
    status = models.PositiveSmallIntegerField(null=True)
    content_type = models.CharField(max_length=100, default="")
    body = models.BinaryField(default=b"")
    created_at = models.DateTimeField(db_index=True)

    class Meta:
        db_table = "idempotent_answer"
        constraints = [
            models.UniqueConstraint(fields=["user_id", "key"], name="idempotency_key_once")
        ]

    def __str__(self) -> str:
        return self.key
