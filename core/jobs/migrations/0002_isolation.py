"""Keeps the centres' jobs apart."""

from django.db import migrations

from core.isolation.operations import IsolateByCentre


class Migration(migrations.Migration):
    dependencies = [("jobs", "0001_initial")]
    operations = [IsolateByCentre("Job", outbox=True, shared=True)]
