"""Keeps the centres' events and deliveries apart."""

from django.db import migrations

from core.events.apps import install
from core.isolation.operations import IsolateByCentre


def renew_functions(apps, schema_editor):
    """Those of the release before do not say that they look after all centres."""
    install(schema_editor.connection.alias)


class Migration(migrations.Migration):
    dependencies = [("events", "0007_deliveries_without_a_constraint")]
    operations = [
        migrations.RunPython(renew_functions, migrations.RunPython.noop),
        IsolateByCentre("EventRecord", outbox=True, shared=True),
        IsolateByCentre("Delivery", outbox=True, shared=True),
    ]
