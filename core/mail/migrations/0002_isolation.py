"""Keeps the centres' mails apart."""

from typing import Final

from django.db import migrations, models

from core.isolation.operations import IsolateByCentre

OF_DELIVERY: Final = """
UPDATE mail SET centre_id = delivery.centre_id FROM delivery WHERE delivery.id = delivery_id
"""
# A worker of the release before does not say the centre. It is in it, or in none.
OF_WORKER: Final = """
ALTER TABLE mail ALTER centre_id SET DEFAULT CASE
    WHEN current_setting('schoolbell.centre', true) ~ '^[0-9]+$'
    THEN current_setting('schoolbell.centre', true)::bigint ELSE 0
END
"""


class Migration(migrations.Migration):
    dependencies = [("mail", "0001_initial"), ("events", "0008_isolation")]
    operations = [
        migrations.AddField(
            "mail", "centre_id", models.BigIntegerField(default=0), preserve_default=False
        ),
        migrations.RunSQL(OF_DELIVERY, migrations.RunSQL.noop),
        migrations.RunSQL(OF_WORKER, migrations.RunSQL.noop),
        IsolateByCentre("Mail", outbox=True),
    ]
