"""Keeps the centres' notices apart; kinds are listed in the code alone."""

from django.db import migrations, models

from core.isolation.operations import IsolateByCentre


class Migration(migrations.Migration):
    dependencies = [("notices", "0001_initial")]
    operations = [
        migrations.AlterField("notice", "kind", models.CharField(max_length=32)),
        migrations.AlterField("noticepreference", "kind", models.CharField(max_length=32)),
        IsolateByCentre("Notice", person="person_id"),
    ]
