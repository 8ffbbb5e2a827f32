-- Recording an event and a delivery for each of its handlers, in one round trip. A function for the
-- same reason as in claims.sql, and under the same rule for changes: planned anew each time, this took
-- a third longer.

CREATE OR REPLACE FUNCTION record_event(
    id uuid, kind text, version int, centre bigint, subject text, payload jsonb, actor bigint,
    request text, cause uuid, handlers text[]
) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO event (
        id, kind, version, centre_id, subject, payload, actor_id, request_id, cause_id
    ) VALUES (id, kind, version, centre, subject, payload, actor, request, cause);
    INSERT INTO delivery (event_id, centre_id, handler, key, state, attempt, detail)
    SELECT record_event.id, centre, handler, '', 'pending', 0, '' FROM unnest(handlers) AS handler;
END $$;


-- The same for what must follow at a time of its own. Another function, so that the one above costs
-- what it cost, and old code finds it while a release is rolled out.
CREATE OR REPLACE FUNCTION record_event_for_later(
    id uuid, kind text, version int, centre bigint, subject text, payload jsonb, actor bigint,
    request text, cause uuid, handlers text[], due timestamptz
) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    PERFORM record_event(
        id, kind, version, centre, subject, payload, actor, request, cause, '{}'::text[]
    );
    INSERT INTO delivery (event_id, centre_id, handler, key, state, attempt, detail, due_at)
    SELECT record_event_for_later.id, centre, handler, '', 'pending', 0, '', due
    FROM unnest(handlers) AS handler;
END $$;
