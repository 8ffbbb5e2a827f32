"""Preferences by child and digest, quiet hours, digests by day."""

import django.db.models.deletion
import django.db.models.functions.datetime
from django.conf import settings
from django.db import migrations, models

from core.isolation.operations import IsolateByCentre


class Migration(migrations.Migration):
    dependencies = [
        ("notices", "0002_isolation"),
        ("people", "0002_isolation"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="DigestChoice",
            fields=[
                (
                    "person",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="+",
                        serialize=False,
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                ("frequency", models.CharField(max_length=8)),
            ],
        ),
        migrations.CreateModel(
            name="DigestDay",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("day", models.DateField()),
                ("at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
            ],
        ),
        migrations.CreateModel(
            name="QuietBypass",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("event_id", models.UUIDField(unique=True)),
                ("reason", models.CharField(max_length=300)),
                ("at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
            ],
        ),
        migrations.CreateModel(
            name="QuietHours",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("begins", models.TimeField(null=True)),
                ("ends", models.TimeField(null=True)),
                ("on_closed_days", models.BooleanField(default=False)),
            ],
        ),
        migrations.RemoveConstraint(
            model_name="noticepreference",
            name="notice_preference_once",
        ),
        migrations.AddField(
            model_name="notice",
            name="digest_on",
            field=models.DateField(null=True),
        ),
        migrations.AddField(
            model_name="noticepreference",
            name="by_link",
            field=models.BooleanField(db_default=False, default=False),
        ),
        migrations.AddField(
            model_name="noticepreference",
            name="digest",
            field=models.BooleanField(db_default=False, default=False),
        ),
        migrations.AddField(
            model_name="noticepreference",
            name="student",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddConstraint(
            model_name="noticepreference",
            constraint=models.UniqueConstraint(
                fields=("person", "kind", "student"),
                name="notice_preference_once_per_child",
                nulls_distinct=False,
            ),
        ),
        migrations.AddConstraint(
            model_name="noticepreference",
            constraint=models.CheckConstraint(
                condition=models.Q(("email", True), ("digest", False), _connector="OR"),
                name="notice_digest_is_email",
            ),
        ),
        migrations.AddField(
            model_name="digestday",
            name="centre",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE, related_name="+", to="people.centre"
            ),
        ),
        migrations.AddField(
            model_name="quietbypass",
            name="by",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="quietbypass",
            name="centre",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE, related_name="+", to="people.centre"
            ),
        ),
        migrations.AddField(
            model_name="quiethours",
            name="centre",
            field=models.OneToOneField(
                on_delete=django.db.models.deletion.CASCADE, related_name="+", to="people.centre"
            ),
        ),
        migrations.AddConstraint(
            model_name="digestday",
            constraint=models.UniqueConstraint(
                fields=("centre", "day"), name="digests_once_per_day"
            ),
        ),
        IsolateByCentre("DigestDay"),
        IsolateByCentre("QuietBypass"),
        IsolateByCentre("QuietHours"),
    ]
