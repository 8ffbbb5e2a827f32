"""What a centre is called in short, the language it speaks, and its colour."""

import django.core.validators
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("people", "0004_members_and_links")]
    operations = [
        migrations.AddField(
            model_name="centre",
            name="colour",
            field=models.CharField(
                default="#0f6e77",
                max_length=7,
                validators=[django.core.validators.RegexValidator("^#[0-9a-f]{6}$")],
            ),
        ),
        migrations.AddField(
            model_name="centre",
            name="language",
            field=models.CharField(
                choices=[("en", "English"), ("es", "Español")], default="en", max_length=8
            ),
        ),
        migrations.AddField(
            model_name="centre",
            name="short_name",
            field=models.CharField(blank=True, max_length=40),
        ),
        migrations.AddConstraint(
            model_name="centre",
            constraint=models.CheckConstraint(
                condition=models.Q(("colour__regex", "^#[0-9a-f]{6}$")),
                name="centre_colour_is_hex",
            ),
        ),
    ]
