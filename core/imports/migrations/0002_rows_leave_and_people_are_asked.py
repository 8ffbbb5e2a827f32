from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("imports", "0001_initial"),
        ("people", "0005_centre_branding"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name="importrow",
            name="notes",
            field=models.JSONField(db_default=models.Value([], models.JSONField()), default=list),
        ),
        migrations.AddField(
            model_name="peopleimport",
            name="moves",
            field=models.BooleanField(db_default=False, default=False),
        ),
        migrations.AddField(
            model_name="peopleimport",
            name="rows_gone",
            field=models.BooleanField(db_default=False, default=False),
        ),
        migrations.AlterField(
            model_name="importrow",
            name="outcome",
            field=models.CharField(
                choices=[
                    ("created", "Created"),
                    ("changed", "Changed"),
                    ("unchanged", "Unchanged"),
                    ("invited", "Invited"),
                    ("refused", "Refused"),
                ],
                max_length=9,
            ),
        ),
        migrations.AddIndex(
            model_name="peopleimport",
            index=models.Index(
                condition=models.Q(("rows_gone", False)),
                fields=["created_at"],
                name="import_with_rows",
            ),
        ),
    ]
