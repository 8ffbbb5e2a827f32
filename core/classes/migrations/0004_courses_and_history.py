"""Courses, terms and archived classes; teachings with a centre; enrolments that are remembered."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models
from django.db.models.functions import Now, TruncDate

from core.isolation.operations import IsolateByCentre
from core.isolation.scope import everywhere

ID = models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")
CENTRE = models.ForeignKey(
    on_delete=django.db.models.deletion.CASCADE, related_name="+", to="people.centre"
)
TAKE_OVER = """
INSERT INTO classes_teaching (centre_id, school_class_id, teacher_id)
SELECT school_class.centre_id, school_class.id, teacher.user_id
FROM classes_schoolclass_teachers teacher
JOIN classes_schoolclass school_class ON school_class.id = teacher.schoolclass_id
"""


def take_over_teachers(apps, schema_editor):
    """Copy the rows of the join table, which has no centre."""
    with everywhere(), schema_editor.connection.cursor() as cursor:
        cursor.execute(TAKE_OVER)


class Migration(migrations.Migration):
    dependencies = [
        ("calendar", "0001_initial"),
        ("classes", "0003_homework_moves_out"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]
    operations = [
        migrations.CreateModel(
            name="Course",
            fields=[
                ("id", ID),
                ("centre", CENTRE),
                ("name", models.CharField(max_length=100)),
                ("subject", models.CharField(blank=True, max_length=100)),
                ("code", models.CharField(max_length=20)),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("centre", "code"), name="course_code_once_per_centre"
                    )
                ]
            },
        ),
        IsolateByCentre("Course"),
        migrations.CreateModel(
            name="Teaching",
            fields=[
                ("id", ID),
                ("centre", CENTRE),
                (
                    "school_class",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="teachings",
                        to="classes.schoolclass",
                    ),
                ),
                (
                    "teacher",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="teachings",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("school_class", "teacher"), name="teaching_once"
                    )
                ]
            },
        ),
        IsolateByCentre("Teaching"),
        migrations.RunPython(take_over_teachers),
        migrations.SeparateDatabaseAndState(
            database_operations=[migrations.RunSQL("DROP TABLE classes_schoolclass_teachers")],
            state_operations=[
                migrations.AlterField(
                    model_name="schoolclass",
                    name="teachers",
                    field=models.ManyToManyField(
                        related_name="taught_classes",
                        through="classes.Teaching",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
        ),
        migrations.AddField(
            model_name="schoolclass",
            name="course",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="classes",
                to="classes.course",
            ),
        ),
        migrations.AddField(
            model_name="schoolclass",
            name="term",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="classes",
                to="calendar.term",
            ),
        ),
        migrations.AddField(
            model_name="schoolclass",
            name="archived_at",
            field=models.DateTimeField(null=True),
        ),
        migrations.RemoveConstraint(model_name="enrolment", name="enrolment_once"),
        migrations.AddField(
            model_name="enrolment",
            name="since",
            field=models.DateField(db_default=TruncDate(Now())),
        ),
        migrations.AddField(
            model_name="enrolment", name="until", field=models.DateField(null=True)
        ),
        migrations.AddConstraint(
            model_name="enrolment",
            constraint=models.UniqueConstraint(
                condition=models.Q(("until", None)),
                fields=("school_class", "student"),
                name="enrolment_present_once",
            ),
        ),
        migrations.AddConstraint(
            model_name="enrolment",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("until", None), ("until__gte", models.F("since")), _connector="OR"
                ),
                name="enrolment_until_not_before_since",
            ),
        ),
    ]
