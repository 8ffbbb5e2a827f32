from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("events", "0003_event_cause"),
    ]

    operations = [
        migrations.AddField(
            model_name="delivery",
            name="cause",
            field=models.TextField(db_default="", default=""),
        ),
    ]
