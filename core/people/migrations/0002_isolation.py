"""Keeps the centres' people apart."""

from django.db import migrations

from core.isolation.operations import IsolateByCentre


class Migration(migrations.Migration):
    dependencies = [("people", "0001_initial")]
    operations = [
        IsolateByCentre("Membership", person="user_id"),
        IsolateByCentre("Guardianship"),
    ]
