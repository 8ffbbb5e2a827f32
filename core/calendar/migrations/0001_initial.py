"""Terms and closed days, each kept apart by centre; no two of a kind overlap."""

import django.db.models.deletion
from django.db import migrations, models

from core.isolation.operations import IsolateByCentre

ID = models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")
CENTRE = models.ForeignKey(
    on_delete=django.db.models.deletion.CASCADE, related_name="+", to="people.centre"
)

# The centre as a range of one, so that PostgreSQL needs no extension.
APART = """
ALTER TABLE {table} ADD CONSTRAINT {name} EXCLUDE USING gist (
    int8range(centre_id, centre_id, '[]') WITH &&, daterange({first}, {last}, '[]') WITH &&
)
"""


class Migration(migrations.Migration):
    initial = True
    dependencies = [("people", "0005_centre_branding")]
    operations = [
        migrations.CreateModel(
            name="Term",
            fields=[
                ("id", ID),
                ("centre", CENTRE),
                ("name", models.CharField(max_length=100)),
                ("begins", models.DateField()),
                ("ends", models.DateField()),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("ends__gt", models.F("begins"))),
                        name="term_ends_after_begins",
                    )
                ],
            },
        ),
        IsolateByCentre("Term"),
        migrations.CreateModel(
            name="ClosedDay",
            fields=[
                ("id", ID),
                ("centre", CENTRE),
                ("name", models.CharField(max_length=100)),
                ("day", models.DateField()),
                ("until", models.DateField(null=True)),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("until", None), ("until__gt", models.F("day")), _connector="OR"
                        ),
                        name="closed_until_after_day",
                    )
                ],
            },
        ),
        IsolateByCentre("ClosedDay"),
        migrations.RunSQL(
            APART.format(table="calendar_term", name="terms_apart", first="begins", last="ends"),
            "ALTER TABLE calendar_term DROP CONSTRAINT terms_apart",
        ),
        migrations.RunSQL(
            APART.format(
                table="calendar_closedday",
                name="closed_days_apart",
                first="day",
                last="coalesce(until, day)",
            ),
            "ALTER TABLE calendar_closedday DROP CONSTRAINT closed_days_apart",
        ),
    ]
