"""The causes of what is dead already, batch by batch, and the index: beside work that goes on."""

from django.contrib.postgres.operations import AddIndexConcurrently, RemoveIndexConcurrently
from django.db import migrations, models

BATCH = 5_000  # rows in a transaction

FILL = """
UPDATE delivery SET cause = ops_cause(ops_error(detail)) WHERE id = ANY(%s) AND state = 'dead'
"""


def fill(apps, schema_editor):
    dead = apps.get_model("events", "Delivery").objects.filter(state="dead", cause="")
    numbers = list(dead.values_list("pk", flat=True))
    with schema_editor.connection.cursor() as cursor:
        for start in range(0, len(numbers), BATCH):
            cursor.execute(FILL, [numbers[start : start + BATCH]])


class Migration(migrations.Migration):
    atomic = False

    dependencies = [
        ("events", "0004_cause"),
        ("ops", "0002_views_and_audit"),
    ]

    operations = [
        migrations.RunPython(fill, migrations.RunPython.noop),
        AddIndexConcurrently(
            model_name="delivery",
            index=models.Index(
                condition=models.Q(("state", "dead")),
                fields=["handler", "cause", "centre_id"],
                include=("finished_at", "id"),
                name="delivery_dead_of_cause",
            ),
        ),
        RemoveIndexConcurrently(model_name="delivery", name="delivery_dead"),
    ]
