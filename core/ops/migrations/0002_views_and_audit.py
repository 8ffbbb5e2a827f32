"""What operators see of deliveries, and that nobody rewrites what they did."""

from django.db import migrations

# Errors may quote what people wrote: an SMTP reply an address, a Python error the value it choked
# on, PostgreSQL a whole row (on its second line). Names of constraints and columns are ours and stay.
FUNCTIONS = r"""
CREATE FUNCTION ops_error(detail text) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE RETURN
  translate(
    regexp_replace(
      regexp_replace(
        regexp_replace(
          regexp_replace(
            split_part(detail, E'\n', 1),
            '[^\s<>()",:;'']+@[^\s<>()",:;'']+', '(address)', 'g'),
          '\m(constraint|relation|column|table|index|function) "([^"]*)"', '\1 «\2»', 'g'),
        '"[^"]*("|$)', '"…"', 'g'),
      '(^|[^[:alnum:]])''[^'']*(''|$)', '\1''…''', 'g'),
    '«»', '""');

CREATE FUNCTION ops_cause(error text) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE RETURN
  left(
    regexp_replace(
      regexp_replace(error, '\m(0x)?[0-9a-f]{8}[0-9a-f-]*\M', 'ID', 'gi'),
      '[0-9]+', 'N', 'g'),
    300);
"""

VIEWS = """
CREATE VIEW ops_delivery WITH (security_invoker = true) AS
SELECT *, ops_cause(error) AS cause, md5(handler || ' ' || ops_cause(error)) AS group_id
FROM (
    SELECT delivery.id, event_id, kind, occurred_at, delivery.centre_id, handler, key,
        delivery.state, attempt, due_at, finished_at,
        CASE WHEN delivery.state = 'skipped' THEN '' ELSE ops_error(detail) END AS error,
        mail.state AS mail_state, sensitive AS mail_sensitive
    FROM delivery
    LEFT JOIN event ON event.id = event_id
    LEFT JOIN mail ON delivery_id = delivery.id
) AS seen;

CREATE VIEW ops_dead_letter_group WITH (security_invoker = true) AS
SELECT md5(handler || ' ' || cause) AS id, handler, cause, count(*) AS letters, count(DISTINCT centre_id) AS centres,
    min(finished_at) AS first_at, max(finished_at) AS last_at, max(id) AS example_id
FROM ops_delivery WHERE state = 'dead'
GROUP BY handler, cause;
"""

# A trigger holds for every role; the application's neither owns the table nor may truncate it.
APPEND_ONLY = """
CREATE FUNCTION ops_audit_is_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'ops_audit is append-only' USING ERRCODE = 'insufficient_privilege';
END
$$;
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON ops_audit
    FOR EACH STATEMENT EXECUTE FUNCTION ops_audit_is_append_only();
"""


class Migration(migrations.Migration):
    dependencies = [
        ("ops", "0001_initial"),
        ("events", "0002_redrive_and_pause"),
        ("mail", "0001_initial"),
    ]

    operations = [
        migrations.RunSQL(FUNCTIONS, "DROP FUNCTION ops_cause, ops_error"),
        migrations.RunSQL(VIEWS, "DROP VIEW ops_dead_letter_group, ops_delivery"),
        migrations.RunSQL(APPEND_ONLY, "DROP FUNCTION ops_audit_is_append_only CASCADE"),
    ]
