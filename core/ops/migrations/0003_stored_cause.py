"""The views read the cause that is stored where a delivery dies."""

from importlib import import_module

from django.db import migrations

BEFORE = import_module("core.ops.migrations.0002_views_and_audit").VIEWS

VIEWS = """
CREATE OR REPLACE VIEW ops_delivery WITH (security_invoker = true) AS
SELECT delivery.id, event_id, kind, occurred_at, delivery.centre_id, handler, key,
    delivery.state, attempt, due_at, finished_at,
    CASE WHEN delivery.state = 'skipped' THEN '' ELSE ops_error(detail) END AS error,
    mail.state AS mail_state, sensitive AS mail_sensitive,
    cause, md5(handler || ' ' || cause) AS group_id
FROM delivery
LEFT JOIN event ON event.id = event_id
LEFT JOIN mail ON delivery_id = delivery.id;

CREATE OR REPLACE VIEW ops_dead_letter_group WITH (security_invoker = true) AS
SELECT md5(handler || ' ' || cause) AS id, handler, cause, count(*) AS letters, count(DISTINCT centre_id) AS centres,
    min(finished_at) AS first_at, max(finished_at) AS last_at, max(id) AS example_id
FROM delivery WHERE state = 'dead'
GROUP BY handler, cause;
"""


class Migration(migrations.Migration):
    dependencies = [
        ("ops", "0002_views_and_audit"),
        ("events", "0005_dead_by_cause"),
    ]

    operations = [
        migrations.RunSQL(VIEWS, BEFORE.replace("CREATE VIEW", "CREATE OR REPLACE VIEW")),
    ]
