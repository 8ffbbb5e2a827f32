"""Ended memberships, what guardians are and may, invitations, changes of address."""

import django.contrib.postgres.fields
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from core.isolation.operations import IsolateByCentre


class Migration(migrations.Migration):
    dependencies = [
        ("people", "0003_user_language"),
    ]

    operations = [
        migrations.AddField(
            model_name="guardianship",
            name="may_be_contacted",
            field=models.BooleanField(default=True),
        ),
        migrations.AddField(
            model_name="guardianship",
            name="may_see_grades",
            field=models.BooleanField(default=True),
        ),
        migrations.AddField(
            model_name="guardianship",
            name="relationship",
            field=models.CharField(blank=True, max_length=60),
        ),
        migrations.AddField(
            model_name="membership",
            name="is_active",
            field=models.BooleanField(default=True),
        ),
        migrations.CreateModel(
            name="EmailChange",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("old_email", models.EmailField(max_length=254)),
                ("email", models.EmailField(max_length=254)),
                ("sending", models.PositiveIntegerField(default=1)),
                ("token_hash", models.CharField(max_length=64, null=True, unique=True)),
                ("expires_at", models.DateTimeField()),
                ("confirmed_at", models.DateTimeField(null=True)),
                (
                    "person",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="email_change",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Invitation",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("email", models.EmailField(max_length=254)),
                ("name", models.CharField(max_length=200)),
                (
                    "roles",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(
                            choices=[
                                ("student", "Student"),
                                ("parent", "Parent"),
                                ("teacher", "Teacher"),
                                ("staff", "Staff"),
                                ("head", "Head"),
                                ("admin", "Admin"),
                            ],
                            max_length=16,
                        ),
                        size=None,
                    ),
                ),
                ("sending", models.PositiveIntegerField(default=1)),
                ("token_hash", models.CharField(max_length=64, null=True, unique=True)),
                ("created_at", models.DateTimeField()),
                ("expires_at", models.DateTimeField()),
                ("accepted_at", models.DateTimeField(null=True)),
                ("revoked_at", models.DateTimeField(null=True)),
                (
                    "centre",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="people.centre",
                    ),
                ),
                (
                    "invited_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("accepted_at", None), ("revoked_at", None)),
                        fields=("centre", "email"),
                        name="invitation_open_once",
                    )
                ],
            },
        ),
        IsolateByCentre("Invitation"),
        # A guardian's notices of all their centres are read together: each asks whether they may.
        migrations.RunSQL(
            "CREATE POLICY own_person_sees ON people_guardianship FOR SELECT USING (guardian_id ="
            " (SELECT CASE WHEN current_setting('schoolbell.person', true) ~ '^[0-9]+$'"
            " THEN current_setting('schoolbell.person', true)::bigint END))",
            "DROP POLICY own_person_sees ON people_guardianship",
        ),
    ]
