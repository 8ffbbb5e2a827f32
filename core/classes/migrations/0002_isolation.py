"""Keeps the centres' classes and homework apart."""

from django.db import migrations

from core.isolation.operations import IsolateByCentre


class Migration(migrations.Migration):
    dependencies = [("classes", "0001_initial")]
    operations = [
        IsolateByCentre("SchoolClass"),
        IsolateByCentre(
            "SchoolClass",
            join=("classes_schoolclass_teachers", "schoolclass_id", "classes_schoolclass"),
        ),
        IsolateByCentre("Enrolment"),
        IsolateByCentre("Homework"),
    ]
