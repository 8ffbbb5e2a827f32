"""About which students a guardian is told."""

import django.contrib.postgres.fields
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("notices", "0003_preferences_and_quiet_hours"),
    ]

    operations = [
        migrations.AddField(
            model_name="notice",
            name="student_ids",
            field=django.contrib.postgres.fields.ArrayField(
                base_field=models.BigIntegerField(), default=list, size=None
            ),
        ),
    ]
