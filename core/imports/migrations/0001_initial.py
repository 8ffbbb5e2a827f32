"""Imports and their rows."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from core.isolation.operations import IsolateByCentre


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("people", "0004_members_and_links"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="PeopleImport",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("file_name", models.CharField(max_length=200)),
                ("content", models.BinaryField(null=True)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("checking", "Checking"),
                            ("unreadable", "Unreadable"),
                            ("checked", "Checked"),
                            ("running", "Running"),
                            ("done", "Done"),
                        ],
                        default="checking",
                        max_length=10,
                    ),
                ),
                ("fault", models.JSONField(default=dict)),
                ("counts", models.JSONField(default=dict)),
                ("done", models.PositiveIntegerField(default=0)),
                ("invites", models.BooleanField(default=False)),
                ("job", models.UUIDField(null=True)),
                ("created_at", models.DateTimeField()),
                ("finished_at", models.DateTimeField(null=True)),
                (
                    "by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "centre",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="people.centre",
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(fields=["centre", "-created_at", "-id"], name="import_latest")
                ],
            },
        ),
        migrations.CreateModel(
            name="ImportRow",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("number", models.PositiveIntegerField()),
                ("cells", models.JSONField()),
                (
                    "outcome",
                    models.CharField(
                        choices=[
                            ("created", "Created"),
                            ("changed", "Changed"),
                            ("unchanged", "Unchanged"),
                            ("refused", "Refused"),
                        ],
                        max_length=9,
                    ),
                ),
                ("faults", models.JSONField(default=list)),
                (
                    "centre",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="people.centre",
                    ),
                ),
                (
                    "file",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="rows",
                        to="imports.peopleimport",
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(fields=["file", "outcome", "number"], name="import_row_outcome")
                ],
                "constraints": [
                    models.UniqueConstraint(fields=("file", "number"), name="import_row_once")
                ],
            },
        ),
        IsolateByCentre("PeopleImport"),
        IsolateByCentre("ImportRow"),
    ]
