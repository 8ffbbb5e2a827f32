"""Whether the portal calls, or only lists.

The database's own default is for the older release, which runs beside and names no such column.
"""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("notices", "0004_whom_about"),
    ]

    operations = [
        migrations.AddField(
            model_name="noticepreference",
            name="portal",
            field=models.BooleanField(db_default=True, default=True),
        ),
    ]
