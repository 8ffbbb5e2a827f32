"""Homework is an area of its own by now (core/homework/migrations/0001)."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("classes", "0002_isolation"), ("homework", "0001_initial")]
    operations = [
        migrations.SeparateDatabaseAndState(state_operations=[migrations.DeleteModel("Homework")]),
    ]
